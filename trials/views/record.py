from django.http import HttpRequest, HttpResponse


def trial_page(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse("under construction")
