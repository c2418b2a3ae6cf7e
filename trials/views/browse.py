from django.http import HttpRequest, HttpResponse


def browse_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("under construction")
