"""On paper a demo is its first frame, with the place where it moves."""

from paper.elements import tag
from paper.links import fragment_of, one_id
from paper.site import first_frames, plain

DEMO = ".rbm-demo-place, .rbm-filmstrip"


def show_first_frames(page, root):
    """Put the stored first frames of a page's demos where the demos stand."""
    frames = first_frames(root / f"{page.name}.ipynb")
    outputs = [
        output
        for output in page.article.select("div.output.text_html")
        if output.select_one(DEMO)
    ]
    if len(frames) != len(outputs):
        raise SystemExit(
            f"{page.name}: {len(outputs)} demos, {len(frames)} first frames are stored"
        )
    for output, (png, alt) in zip(outputs, frames, strict=True):
        demo = output.select_one(DEMO)
        name = demo.get("data-demo") or demo["data-filmstrip"]
        figure = tag("figure", class_="demo", id=one_id(page.key, name))
        figure.append(tag("img", src=f"data:image/png;base64,{png}", alt=alt))
        figure.append(caption(page, output.find_parent("section")))
        output.replace_with(figure)


def caption(page, section):
    """Return the words under a first frame, with a link if the site has an address."""
    told = tag("figcaption", "First frame of a demo. It runs on the page ")
    fragment = fragment_of(section["id"])
    if page.address:
        where = f"{page.address}#{fragment}"
        told.append(tag("a", where, href=where))
    else:
        told.append(tag("code", f"{page.name}.html#{fragment}"))
        told.append(" of the HTML book")
    told.append(f", in the section “{plain(section.find(['h1', 'h2', 'h3']))}”.")
    return told
