"""Pictures drawn as SVG on the server: the charts of the landscape, and maps."""
