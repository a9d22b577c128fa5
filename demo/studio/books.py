"""Shapes bound books and sewn notebooks."""

from mesh import box, place, place_all, prism, rounded, strap, tube


def hardback(cover, pages, *, size=(1.4, 2.0, 0.26), ribbons=(), corner=0.02) -> list:
    """A closed hardback lying on its back cover, spine to the left."""
    w, d, h = size
    board = 0.045
    parts = [place(prism(rounded(w, d, corner), board, cover, radius=0.012), (0, 0, z))
             for z in (0, h - board)]
    parts.append(box((0.07, d, h), 0.03, cover, (-w / 2 + 0.012, 0, 0)))
    parts.append(box((w - 0.1, d - 0.1, h - 2 * board + 0.004), 0.004, pages, (-0.005, 0, board)))
    for number, ribbon in enumerate(ribbons):
        x = -0.15 + 0.22 * number
        parts.append(strap([(x, -d / 2 + 0.1, h * 0.5), (x, -d / 2 - 0.02, h * 0.5),
                            (x + 0.03, -d / 2 - 0.14, 0.12),
                            (x + 0.05, -d / 2 - 0.3, 0.012)], 0.07, 0.008, ribbon, across=(1, 0.15, 0)))
    return parts


def sewn_notebook(cover, pages, thread, *, size=(1.42, 2.0, 0.16), at=(0, 0, 0), turn=0) -> list:
    """A soft notebook lying flat, its spine open and sewn with thread, to the left."""
    w, d, h = size
    parts = [place(prism(rounded(w, d, 0.05), 0.02, cover, radius=0.006), (0, 0, z)) for z in (0, h - 0.02)]
    parts.append(box((w - 0.03, d - 0.03, h - 0.036), 0.004, pages, (-0.015, 0, 0.018)))
    for number in range(9):
        y = d * (0.44 - 0.11 * number)
        for row in range(3):
            z = h * (0.25 + 0.25 * row)
            parts.append(tube([(-w / 2 + 0.004, y - 0.08, z), (-w / 2 - 0.012, y, z),
                               (-w / 2 + 0.004, y + 0.08, z)], 0.013, thread))
    return place_all(parts, at, (0, 0, turn))
