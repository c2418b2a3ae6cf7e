"""What a product is called on its page: by the registry's name, unless that name is another product's too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from trials.models import CellProduct
from trials.phrases import either, in_sentence, labels_in_line

# A name that states an amount, such as “1 x 10^6 MSCs”, would promise it of every step.
_AMOUNT = re.compile(r"(?:\b|[x×*])10\s?\\?(?:[\^e(]\s?\d|[⁴-⁹])|\d\s*million\b", re.IGNORECASE)


def cells_of(product: CellProduct) -> str:
    """`CAR-T cells and regulatory T cells`; nothing where no type was found."""
    return labels_in_line(term.label for term in product.cell_types.all())


def product_names(products: Iterable[CellProduct]) -> dict[int, str]:
    """The name of each product by its id.

    Two that the registry lists as one treatment are named by their cells, then by their tissues, then by number;
    so is one product of a name that states an amount.
    """
    rows = list(products)
    names = {row.pk: row.name for row in rows}
    times = Counter(name.casefold() for name in names.values())
    by_cells = [row for row in rows if times[row.name.casefold()] > 1 or _AMOUNT.search(row.name)]
    names |= {row.pk: cells_of(row) or row.name for row in by_cells}
    for more in (_tissues, _number_among(rows)):
        times = Counter(name.casefold() for name in names.values())
        for row in by_cells:
            if times[names[row.pk].casefold()] > 1:
                names[row.pk] += more(row)
    return names


def _tissues(row: CellProduct) -> str:
    words = either((in_sentence(term.label) for term in row.tissues.all()), "and")
    return f" from {words}" if words else ""


def _number_among(rows: list[CellProduct]) -> Callable[[CellProduct], str]:
    return lambda row: f" ({rows.index(row) + 1})"
