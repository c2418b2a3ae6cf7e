"""How many rows a page may claim to hold, checked before a form is made for any of them."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpRequest

from trials.admin.inline import MOST_ROWS


def bound_rows(request: HttpRequest) -> str:
    """Corrects page counts that promise more rows than were sent or than a page may hold; what was wrong, in words.

    Every promised row is drawn again when a form is shown with its errors, so a forged number would be costly.
    """
    rows: defaultdict[str, set[str]] = defaultdict(set)
    for key in request.POST:
        prefix, _, rest = key.partition("-")
        at = rest.partition("-")[0]
        if at.isascii() and at.isdecimal():
            rows[prefix].add(at)
    wrong, data = [], request.POST.copy()
    for key in request.POST:
        prefix, _, rest = key.partition("-")
        sent, promised = len(rows[prefix]), request.POST.get(key, "")
        if rest in ("TOTAL_FORMS", "INITIAL_FORMS") and _is_above(promised, min(sent, MOST_ROWS)):
            wrong.append(f"{prefix}: {promised[:20]} promised ({rest}), {sent} sent, {MOST_ROWS} allowed.")
            data[key] = str(min(sent, MOST_ROWS))
    if not wrong:
        return ""
    request.POST = data  # type: ignore[assignment]
    return f"The page was sent with wrong numbers of rows, and nothing was saved. {' '.join(wrong)}"


def _is_above(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and (len(text) > 9 or int(text) > most)
