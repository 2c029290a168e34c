// Points → a line chart as SVG text: logarithmic x, for all that is doubled from point to point, linear y from zero.

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 360, 64, 150, 40, 48];
const COLOURS = ['#1b6ca8', '#c8553d', '#3d8b53', '#7d5ba6'];

/** 1, 2 or 5 times a power of ten, so that about five steps reach `most`. */
const niceStep = (most: number): number => {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
};

const escapeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

export const drawChart = ({ title, x, y, series }: Chart): string => {
  const points = series.flatMap((one) => one.points);
  const xs = [...new Set(points.map(([value]) => value))].sort((a, b) => a - b);
  const step = niceStep(Math.max(...points.map(([, value]) => value), 1e-9));
  const top = step * Math.ceil(Math.max(...points.map(([, value]) => value), step) / step);
  const [first, last] = [Math.log2(xs[0]), Math.log2(xs[xs.length - 1])];
  const atX = (value: number): number => LEFT + ((Math.log2(value) - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT);
  const atY = (value: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const text = (left: number, down: number, anchor: string, content: string | number): string =>
    `<text x="${left.toFixed(1)}" y="${down.toFixed(1)}" text-anchor="${anchor}">${escapeText(String(content))}</text>`;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => Number((index * step).toPrecision(6)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#222">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="22" font-size="14" font-weight="bold">${escapeText(title)}</text>`,
    ...ticks.flatMap((value) => [
      `<path d="M${LEFT} ${atY(value).toFixed(1)}H${WIDTH - RIGHT}" stroke="#ddd"/>`,
      text(LEFT - 8, atY(value) + 4, 'end', value),
    ]),
    ...xs.map((value) => text(atX(value), HEIGHT - BOTTOM + 18, 'middle', value)),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, 'middle', x),
    text(8, TOP - 4, 'start', y),
    ...series.flatMap(({ name, points: own }, index) => {
      const colour = COLOURS[index % COLOURS.length];
      const at = own.map(([px, py]) => `${atX(px).toFixed(1)} ${atY(py).toFixed(1)}`);
      const [endX, endY] = own[own.length - 1];
      return [
        `<path d="M${at.join('L')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...own.map(([px, py]) => `<circle cx="${atX(px).toFixed(1)}" cy="${atY(py).toFixed(1)}" r="3" fill="${colour}"/>`),
        `<g fill="${colour}">${text(atX(endX) + 8, atY(endY) + 4, 'start', name)}</g>`,
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
};
