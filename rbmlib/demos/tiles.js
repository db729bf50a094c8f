// Images of 8 × 8 pixels as tiles of one picture.

const grey = (value) => {
  const level = Math.round(255 * (1 - value));
  return rgb(level, level, level);
};

// Tiles with values from 0, white, to 1, black; one transparent pixel apart.
function drawTiles(picture, count, across, value) {
  const size = 9 * across - 1;
  picture.pixels(size, (at) => {
    const x = at % size, y = Math.floor(at / size);
    const tile = across * Math.floor(y / 9) + Math.floor(x / 9);
    if (x % 9 === 8 || y % 9 === 8 || tile >= count) return 0;
    return grey(value(tile, 8 * (y % 9) + (x % 9)));
  });
}

function frameTile(picture, tile, across, colour) {
  const unit = picture.w / (9 * across - 1), { pen } = picture;
  Object.assign(pen, { strokeStyle: colour, lineWidth: 3 });
  const x = (tile % across) * 9 * unit, y = Math.floor(tile / across) * 9 * unit;
  pen.strokeRect(x + 1, y + 1, 8 * unit - 2, 8 * unit - 2);
}
