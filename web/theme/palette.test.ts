/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** Holds tokens.css to WCAG contrast and to OKLab distance under simulated colour-vision deficiency (Machado 2009, severity 1). */

type Vector = [number, number, number];

const VISION: Record<string, [Vector, Vector, Vector]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(hex: string): Vector {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function dot(row: Vector, value: Vector): number {
  return row[0] * value[0] + row[1] * value[1] + row[2] * value[2];
}

function luminance(hex: string): number {
  return dot([0.2126, 0.7152, 0.0722], linear(hex));
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function oklab(rgb: Vector): Vector {
  const cone: Vector = [
    Math.cbrt(dot([0.4122214708, 0.5363325363, 0.0514459929], rgb)),
    Math.cbrt(dot([0.2119034982, 0.6806995451, 0.1073969566], rgb)),
    Math.cbrt(dot([0.0883024619, 0.2817188376, 0.6299787005], rgb)),
  ];
  return [
    dot([0.2104542553, 0.793617785, -0.0040720468], cone),
    dot([1.9779984951, -2.428592205, 0.4505937099], cone),
    dot([0.0259040371, 0.7827717662, -0.808675766], cone),
  ];
}

function distance(a: string, b: string, vision: string): number {
  const rows = VISION[vision] ?? raise(vision);
  const seen = (hex: string) => oklab(rows.map((row) => Math.min(1, Math.max(0, dot(row, linear(hex))))) as Vector);
  const [x, y] = [seen(a), seen(b)];
  return 100 * Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

function raise(name: string): never {
  throw new Error(`${name} is missing`);
}

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const blocks = [...css.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, selector = '', body = '']) => ({ selector, body }));

function tokensOf(theme: 'light' | 'dark'): Map<string, string> {
  const tokens = new Map<string, string>();
  for (const { selector, body } of blocks) {
    if (/dark/.test(selector) && theme === 'light') continue;
    for (const [, name = '', value = ''] of body.matchAll(/--color-([\w-]+):\s*([^;]+);/g)) tokens.set(name, value);
  }
  return tokens;
}

describe.each(['light', 'dark'] as const)('%s palette', (theme) => {
  const tokens = tokensOf(theme);
  const resolve = (name: string): string => {
    const value = tokens.get(name) ?? raise(name);
    const reference = /^var\(--color-([\w-]+)\)$/.exec(value)?.[1];
    return reference ? resolve(reference) : value;
  };
  const steps = (scale: string, count: number) => Array.from({ length: count }, (_, i) => resolve(`${scale}-${i + 1}`));

  test.each(['seq', 'div'])('text on every step of %s reads', (scale) => {
    for (let step = 1; step <= 7; step++) {
      const ratio = contrast(resolve(`${scale}-${step}`), resolve(`${scale}-ink-${step}`));
      expect(ratio, `${scale}-${step}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  test.each(Object.keys(VISION))('neighbours in a scale differ for %s vision', (vision) => {
    for (const scale of ['seq', 'div']) {
      const colors = steps(scale, 7);
      for (let i = 1; i < colors.length; i++) {
        expect(distance(colors[i] ?? '', colors[i - 1] ?? '', vision), `${scale}-${i + 1}`).toBeGreaterThanOrEqual(5.5);
      }
    }
  });

  test.each(Object.keys(VISION))('categories differ in pairs for %s vision', (vision) => {
    const colors = steps('cat', 6);
    for (const [i, a] of colors.entries()) {
      for (const b of colors.slice(0, i)) expect(distance(a, b, vision), `${a} ${b}`).toBeGreaterThanOrEqual(12);
    }
  });

  test('marks and controls stand out 3:1, text 4.5:1', () => {
    for (const mark of [...steps('cat', 6), resolve('cat-other'), resolve('compare'), resolve('border-control')]) {
      expect(contrast(mark, resolve('bg')), mark).toBeGreaterThanOrEqual(3);
    }
    expect(contrast(resolve('border-control'), resolve('page'))).toBeGreaterThanOrEqual(3);
    for (const text of ['ink', 'axis', 'good', 'bad', 'warn', 'muted', 'accent']) {
      for (const ground of ['bg', 'page', 'surface', 'surface-hover']) {
        expect(contrast(resolve(text), resolve(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(resolve('accent-ink'), resolve('accent'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(resolve('accent'), resolve('accent-soft'))).toBeGreaterThanOrEqual(4.5);
    for (const soft of ['warn-soft', 'bad-soft', 'accent-soft']) {
      expect(contrast(resolve('ink'), resolve(soft)), soft).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(resolve('warn'), resolve('warn-soft'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(resolve('bad'), resolve('bad-soft'))).toBeGreaterThanOrEqual(4.5);
  });
});
