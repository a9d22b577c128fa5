"""Photographs the demo catalogue: renders each picture that is missing, the most popular products first.

    python render.py [--only SLUG ...] [--again] [--size 720] [--samples 40] [--out FOLDER]
"""

import argparse
import importlib
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

STUDIO = Path(__file__).resolve().parent
sys.path.insert(0, str(STUDIO))

import bpy  # noqa: E402
from PIL import Image  # noqa: E402

import stage  # noqa: E402
from subjects import SUBJECTS  # noqa: E402

CATALOGUE = STUDIO.parent / "data" / "catalogue.json"
MEDIA = STUDIO.parent / "media"
QUALITY = 90


@dataclass(frozen=True)
class Shot:
    """One picture to take."""

    file: str
    slug: str
    colour: str
    view: int
    tint: str


def shots(catalogue: dict) -> list[Shot]:
    """Every picture of the catalogue: first pictures before other views, popular products first."""
    tints = {seller["slug"]: stage.TINTS[i % len(stage.TINTS)] for i,
             seller in enumerate(catalogue["sellers"])}
    ranked = sorted(catalogue["products"], key=lambda product: -product["popularity"])
    found = []
    for rank, product in enumerate(ranked):
        first = product["images"][0].get("variant", {}).get("colour", "")
        for place, image in enumerate(product["images"]):
            colour = image.get("variant", {}).get("colour", first)
            view = 2 if Path(image["file"]).stem == f"{product['slug']}-2" else 1
            found.append(((place > 0, rank), Shot(image["file"], product["slug"], colour, view,
                                                  tints[product["seller"]])))
    return [shot for _order, shot in sorted(found, key=lambda pair: pair[0])]


def take(shot: Shot, folder: Path, size: int, samples: int) -> Path:
    """Builds the subject, renders it and writes the WebP file, whose path is returned."""
    scene = stage.empty_scene(size, samples)
    view = SUBJECTS[shot.slug](shot.colour, shot.view)
    stage.settle(view.turn)
    stage.dress(shot.tint, view.exposure)
    stage.frame(view.pitch, view.fill, view.at, view.lens)
    with tempfile.TemporaryDirectory() as scratch:
        scene.render.filepath = str(Path(scratch) / "shot.png")
        bpy.ops.render.render(write_still=True)
        target = folder / shot.file
        partial = target.with_suffix(".part")
        Image.open(scene.render.filepath).convert("RGB").save(partial, "WEBP", quality=QUALITY, method=6)
        partial.replace(target)
    return target


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[], help="slugs of the products to photograph")
    parser.add_argument("--again", action="store_true", help="render pictures that exist already, too")
    parser.add_argument("--size", type=int, default=640, help="width and height in pixels")
    parser.add_argument("--samples", type=int, default=5, help="samples for each pixel")
    parser.add_argument("--out", type=Path, default=MEDIA, help="folder of the pictures")
    return parser.parse_args()


def main() -> int:
    """Renders what is asked for; the exit status counts products that no subject is written for."""
    options = arguments()
    for module in sorted(STUDIO.glob("subjects_*.py")):
        importlib.import_module(module.stem)
    options.out.mkdir(parents=True, exist_ok=True)
    unknown = set()
    for shot in shots(json.loads(CATALOGUE.read_text(encoding="utf-8"))):
        if options.only and shot.slug not in options.only:
            continue
        if shot.slug not in SUBJECTS:
            unknown.add(shot.slug)
        elif options.again or not (options.out / shot.file).exists():
            started = time.monotonic()
            size = take(shot, options.out, options.size, options.samples).stat().st_size
            print(f"{shot.file}: {time.monotonic() - started:.1f} s, {size // 1024} KiB", flush=True)
    for slug in sorted(unknown):
        print(f"no subject for {slug}", file=sys.stderr)
    return len(unknown)


if __name__ == "__main__":
    sys.exit(main())
