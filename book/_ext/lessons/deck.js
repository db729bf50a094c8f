// Starts a deck: formulas are set first, then reveal.js shows the slides.

const { MathJax, Reveal, RevealNotes } = window;
const SMALLEST = 14; // pixels of text, of 720 in the height

// Make what does not fit its place smaller; a slide has a size only when it is shown.
function fit(slide) {
  for (const box of slide.querySelectorAll(".fit")) {
    let size = parseFloat(getComputedStyle(box).fontSize);
    const place = box.parentElement;
    const isTooLarge = () =>
      box.scrollWidth > place.clientWidth || box.scrollHeight > place.clientHeight;
    while (size > SMALLEST && isTooLarge()) box.style.fontSize = `${(size -= 1)}px`;
  }
}

async function begin() {
  await MathJax.startup.promise;
  for (const name of ["ready", "slidechanged"]) {
    Reveal.on(name, ({ currentSlide }) => fit(currentSlide));
  }
  Reveal.on("pdf-ready", () => Reveal.getSlides().forEach(fit)); // for paper
  await Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    center: false,
    hash: true,
    controls: false,
    slideNumber: "c/t",
    transition: "none",
    plugins: [RevealNotes],
  });
}

begin();
