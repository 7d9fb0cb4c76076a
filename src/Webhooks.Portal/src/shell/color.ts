/** A colour of sRGB, each part from 0 to 1. */
type Color = readonly [red: number, green: number, blue: number];

const black: Color = [0, 0, 0];
const white: Color = [1, 1, 1];

/** The least contrast of text (WCAG 2.2, 1.4.3). */
const leastContrast = 4.5;

/** Whether a text is a colour as `#rrggbb`. */
export function isColor(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text);
}

/** How much two colours differ in lightness, from 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrast(one: string, other: string): number {
  return contrastOf(parse(one), parse(other));
}

/** The accent nearest to the wanted one that can be read on a background. */
export function readableOn(background: string, accent: string): string {
  const behind = parse(background);
  const wanted = parse(accent);
  const away = luminance(behind) > 0.5 ? black : white;
  for (let share = 0; share < 1; share += 0.05) {
    const color = mix(wanted, away, share);
    if (contrastOf(color, behind) >= leastContrast) {
      return format(color);
    }
  }

  return format(away);
}

/** Black or white, whichever can be read better on a colour. */
export function textOn(color: string): string {
  const behind = parse(color);
  return format(contrastOf(white, behind) >= contrastOf(black, behind) ? white : black);
}

function parse(text: string): Color {
  const part = (at: number) => Number.parseInt(text.slice(at, at + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}

function format(color: Color): string {
  return `#${color
    .map((part) =>
      Math.round(part * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

function mix(one: Color, other: Color, share: number): Color {
  const part = (a: number, b: number) => a + (b - a) * share;
  return [part(one[0], other[0]), part(one[1], other[1]), part(one[2], other[2])];
}

function contrastOf(one: Color, other: Color): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance([red, green, blue]: Color): number {
  const linear = (part: number) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
