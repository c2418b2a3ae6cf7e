"""How many rows a page may claim to hold, checked before a form is made for any of them."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpRequest

from trials.admin.inline import MOST_ROWS


def bound_rows(request: HttpRequest) -> str:
    """Corrects counts of rows that cannot be; what was wrong, in words.

    A page may not promise more rows than were sent or than it may hold: each is drawn again when a form is shown with
    its errors, so a forged number would be costly. Nor may it pass off rows that stand already as new ones.
    """
    rows: defaultdict[str, set[str]] = defaultdict(set)
    # Up to which row some stand already: these come first.
    standing: defaultdict[str, int] = defaultdict(int)
    for key in request.POST:
        prefix, _, rest = key.partition("-")
        at = rest.partition("-")[0]
        if at.isascii() and at.isdecimal():
            rows[prefix].add(at)
            if key == f"{prefix}-{at}-id" and request.POST[key] and len(at) < 9:
                standing[prefix] = max(standing[prefix], int(at) + 1)
    wrong, data = [], request.POST.copy()
    for key in request.POST:
        prefix, _, rest = key.partition("-")
        if rest not in ("TOTAL_FORMS", "INITIAL_FORMS"):
            continue
        sent, promised = len(rows[prefix]), request.POST.get(key, "")
        most = min(sent, MOST_ROWS)
        least = min(standing[prefix], most)
        if not _is_between(promised, least, most):
            wrong.append(f"{prefix}: {promised[:20]} promised ({rest}), {sent} sent, {MOST_ROWS} allowed.")
            data[key] = str(least if rest == "INITIAL_FORMS" else most)
    if not wrong:
        return ""
    request.POST = data  # type: ignore[assignment]
    return f"The page was sent with wrong numbers of rows, and nothing was saved. {' '.join(wrong)}"


def _is_between(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9 and least <= int(text) <= most
