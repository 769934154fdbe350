/** A piece of an SVG picture. */
export type Svg = string;

/** Where something is drawn, in the picture's pixels. */
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

type Attributes = Readonly<Record<string, string | number>>;

/** A number as SVG text: two decimals, so that no machine's last bit shows. */
export const num = (value: number): string => String(Math.round(value * 100) / 100);

/** An element with its attributes, around its children. Nothing is escaped: no text of a person's goes in as text. */
export function element(name: string, attributes: Attributes, ...children: readonly Svg[]): Svg {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? num(value) : value}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

export const path = (d: string, attributes: Attributes): Svg => element('path', { d, ...attributes });

/** A line without filling, with round ends. */
export const stroke = (d: string, colour: string, width: number, more: Attributes = {}): Svg =>
  path(d, {
    fill: 'none',
    stroke: colour,
    'stroke-width': width,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    ...more,
  });

export const group = (attributes: Attributes, ...children: readonly Svg[]): Svg =>
  element('g', attributes, ...children);

export const rectangle = ({ x, y, width, height }: Box, attributes: Attributes): Svg =>
  element('rect', { x, y, width, height, ...attributes });

/** A gradient, from stops `[offset, colour, opacity?]`. `at` are the attributes of its geometry. */
export function gradient(
  kind: 'linearGradient' | 'radialGradient',
  id: string,
  at: Attributes,
  stops: readonly (readonly [number, string, number?])[],
): Svg {
  return element(
    kind,
    { id, ...at },
    ...stops.map(([offset, colour, opacity = 1]) =>
      element('stop', { offset, 'stop-color': colour, 'stop-opacity': opacity }),
    ),
  );
}

/** A picture of that size, in pixels. */
export const picture = (width: number, height: number, ...children: readonly Svg[]): Svg =>
  element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${num(width)} ${num(height)}` },
    ...children,
  );
