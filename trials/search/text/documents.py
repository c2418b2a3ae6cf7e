def documents(ids): return {}
