// The tree of "following the modes": a place for each mode of each age, the way walked in
// it, and the branch of each digit.

import { Picture } from "./canvas.js";
import { PIXELS } from "./modes_core.js";

const SIDES = 12; // CSS pixels beside the tree
const UNDER = 22; // and below it, for the ages
const REACH = 12; // CSS pixels from the pointer to a mode that it means

// Heights of the modes of each age, the youngest first: no two branches cross.
function heights(levels) {
  const found = levels.map(() => []);
  let leaves = 0;
  const visit = (age, mode) => {
    const older = levels[age + 1]?.up ?? [];
    const children = [...older.keys()].filter((child) => older[child] === mode);
    const places = children.map((child) => visit(age + 1, child));
    const sum = places.reduce((total, place) => total + place, 0);
    found[age][mode] = places.length ? sum / places.length : leaves++;
    return found[age][mode];
  };
  const roots = levels[0].modes.length / PIXELS;
  for (let root = 0; root < roots; root++) visit(0, root);
  return found;
}

// The modes, at a younger age, of modes of the last age.
export const modeOf = (leaf, levels, age) =>
  levels.slice(age + 1).reduceRight((mode, level) => level.up[mode], leaf);

export class Tree {
  // `choose` is called with the age and the mode that a reader points at.
  constructor(page, choose) {
    const title = "The tree; red: the way of the image";
    this.picture = new Picture(page, title, { height: 222 });
    const { canvas } = this.picture;
    canvas.style.cursor = "pointer";
    canvas.addEventListener("click", (event) => {
      const { left, top } = canvas.getBoundingClientRect();
      const found = this.nearest(event.clientX - left, event.clientY - top);
      if (found) choose(found);
    });
  }

  nearest(x, y) {
    let best = { distance: REACH };
    this.places.forEach((level, age) =>
      level.forEach((place, mode) => {
        const distance = Math.hypot(this.X(age) - x, this.Y(place) - y);
        if (distance < best.distance) best = { age, mode, distance };
      }),
    );
    return best.age === undefined ? null : best;
  }

  // `walk` is a list of [age, mode]; the last one is where the image is now.
  draw(levels, walk, marked) {
    if (this.levels !== levels)
      Object.assign(this, { levels, places: heights(levels) });
    const picture = this.picture.begin();
    const { places } = this;
    const { pen, colours, w, h } = picture;
    this.X = (age) => SIDES + (age / (levels.length - 1)) * (w - 2 * SIDES);
    const last = Math.max(1, places.at(-1).length - 1);
    this.Y = (place) => SIDES + (place / last) * (h - UNDER - 2 * SIDES);
    const at = ([age, mode]) => [this.X(age), this.Y(places[age][mode])];
    Object.assign(pen, { strokeStyle: colours.grey, lineWidth: 1 });
    levels.slice(1).forEach(({ up }, n) =>
      up.forEach((younger, mode) => {
        picture.segment(...at([n, younger]), ...at([n + 1, mode]));
      }),
    );
    Object.assign(pen, { strokeStyle: colours.red, lineWidth: 3 });
    walk.slice(1).forEach((end, n) => picture.segment(...at(walk[n]), ...at(end)));
    places.forEach((level, age) =>
      level.forEach((_, mode) => this.disc(at([age, mode]), 2, colours.grey)),
    );
    this.disc(at(walk.at(-1)), 5, colours.red);
    Object.assign(pen, { strokeStyle: colours.blue, lineWidth: 2 });
    pen.beginPath();
    pen.arc(...at(marked), 7, 0, 7);
    pen.stroke();
    this.nameAges(levels);
    picture.read = (x, y) => {
      const found = this.nearest(x, y);
      return found && `age ${levels[found.age].age}, mode ${found.mode}`;
    };
  }

  disc([x, y], radius, colour) {
    const { pen } = this.picture;
    pen.beginPath();
    pen.arc(x, y, radius, 0, 7);
    pen.fillStyle = colour;
    pen.fill();
  }

  // The first and the last age, below.
  nameAges(levels) {
    const { picture } = this;
    const y = picture.h - UNDER / 2;
    picture.text(`age ${levels[0].age}`, 2, y, "left");
    picture.text(`age ${levels.at(-1).age}`, picture.w - 2, y, "right");
  }
}
