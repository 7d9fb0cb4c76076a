import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { onThemeChange } from '../shell/theme.ts';
import 'uplot/dist/uPlot.min.css';
import { type Color, type Series, stack } from './figures.ts';

export interface PlotProps {
  /** The beginning of each span, in milliseconds. */
  times: readonly number[];
  series: readonly Series[];
  /** Bars that stand on each other, or lines. */
  isStacked: boolean;
  format: (value: number) => string;
  /** Called with the span that the pointer is over. */
  onHover: (index: number | null) => void;
}

const height = 240;
const day = 86_400;
const hourFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

/** The drawing of a chart, as wide as there is room, in the colours of the theme. */
export default function Plot({ times, series, isStacked, format, onHover }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const colors = series.map(({ color }) => color).join();
  const data = toData(times, series, isStacked);
  const latest = useRef({ data, format, onHover });
  latest.current = { data, format, onHover };

  useEffect(() => {
    const element = box.current;
    if (element === null) {
      return undefined;
    }

    const made = new uPlot(
      optionsOf(element, colors.split(',') as Color[], isStacked, latest),
      latest.current.data,
      element,
    );
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    const stopListening = onThemeChange(() => made.redraw());
    return () => {
      stopListening();
      resize.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [colors, isStacked]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the data is made of these.
  useEffect(() => {
    plot.current?.setData(latest.current.data);
  }, [times, series]);

  return <div className="chart-plot" ref={box} />;
}

interface Latest {
  readonly current: Pick<PlotProps, 'format' | 'onHover'>;
}

function optionsOf(element: HTMLElement, colors: readonly Color[], isStacked: boolean, latest: Latest): uPlot.Options {
  // What is resolved of the theme's variables are the colours of elements, not the variables themselves.
  const text = () => getComputedStyle(element).color;
  const grid = () => getComputedStyle(element).outlineColor;
  const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
  const drawn: uPlot.Series[] = colors.map((name) => {
    const color = () => resolve(element, name);
    return isStacked
      ? { fill: color, width: 0, paths: bars, points: { show: false } }
      : { stroke: color, width: 2, points: { show: true, size: 5, fill: color, stroke: color } };
  });
  return {
    width: element.clientWidth,
    height,
    padding: [12, 28, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !isStacked } },
    scales: {
      x: { range: (u, least, most) => [least, most + (isStacked ? spanOf(u) : 0)] },
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 32,
        space: 84,
        values: (_, at, __, ___, step) => at.map((time) => (step >= day ? dayFormat : hourFormat).format(time * 1000)),
      },
      { ...axis, size: 64, values: (_, at) => at.map((value) => latest.current.format(value)) },
    ],
    // What stands on all others is drawn first, and the others over it.
    series: [{}, ...(isStacked ? drawn.reverse() : drawn)],
    hooks: { setCursor: [(u) => latest.current.onHover(isStacked ? barAt(u) : (u.cursor.idx ?? null))] },
  };
}

const bars: uPlot.Series.PathBuilder = (...args) => uPlot.paths.bars?.({ size: [0.9, 64], align: 1 })(...args) ?? null;

/** The bar that the pointer is over, which is that of the last span that has begun there. */
function barAt({ cursor, data: [times], posToVal }: uPlot): number | null {
  if (cursor.idx === null || cursor.idx === undefined || cursor.left === undefined) {
    return null;
  }

  const time = posToVal(cursor.left, 'x');
  const next = times.findIndex((begin) => begin > time);
  return next < 0 ? times.length - 1 : Math.max(0, next - 1);
}

const spanOf = ({ data: [times] }: uPlot): number => (times[1] ?? 60) - (times[0] ?? 0);

function toData(times: readonly number[], series: readonly Series[], isStacked: boolean): uPlot.AlignedData {
  const values = isStacked ? stack(series).reverse() : series.map((one) => [...one.values]);
  return [times.map((time) => time / 1000), ...values];
}

function resolve(element: HTMLElement, color: Color): string {
  const probe = element.closest('.chart')?.querySelector(`.chart-${color}`);
  return getComputedStyle(probe ?? element).color;
}
