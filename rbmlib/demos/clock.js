// A demo's clock: it ticks only while the demo runs, on screen and in the tab in front.
// It also has the demo drawn anew at another size or theme, and for paper.

export class Clock {
  constructor(page) {
    this.page = page;
    const { end, root } = page;
    const { signal } = end;
    const draw = () => page.attempt(() => page.demo.draw());
    const observers = [
      new IntersectionObserver((entries) => {
        this.onScreen = entries.at(-1).isIntersecting;
        this.wake();
      }),
      new ResizeObserver(draw),
      new MutationObserver(draw),
    ];
    observers[0].observe(root);
    observers[1].observe(root);
    observers[2].observe(document.documentElement, { attributes: true });
    signal.addEventListener("abort", () => {
      observers.forEach((o) => o.disconnect());
      cancelAnimationFrame(this.frame);
    });
    document.addEventListener("visibilitychange", () => this.wake(), { signal });
    for (const name of ["beforeprint", "afterprint"]) {
      const print = () => {
        root.classList.toggle("rbm-print", name === "beforeprint");
        page.attempt(() => page.demo.warmUp?.());
        draw();
      };
      addEventListener(name, print, { signal });
    }
  }

  wake() {
    const { page } = this;
    const seen = this.onScreen && !document.hidden && !page.end.signal.aborted;
    cancelAnimationFrame(this.frame);
    if (!seen || !page.get("running")) return;
    this.frame = requestAnimationFrame(() => {
      page.attempt(() => page.demo.advance(false));
      this.wake();
    });
  }
}
