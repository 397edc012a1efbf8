// Numbers as text, scales and their ticks.

const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

export function short(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(digits - 1).replace("e-", "·10⁻").replace("e+", "·10").replace(/(10⁻?)(\d+)$/, (_, base, power) => base + [...power].map((each) => SUPERSCRIPT[each]).join(""));
  return String(Number(value.toPrecision(digits)));
}

export function linear(low, high, start, end) {
  const slope = (end - start) / (high - low || 1);
  const scale = (value) => start + (value - low) * slope;
  scale.back = (place) => low + (place - start) / slope;
  scale.ticks = evenTicks(low, high);
  return scale;
}

export function logarithmic(low, high, start, end) {
  const inner = linear(Math.log10(low), Math.log10(high), start, end);
  const scale = (value) => inner(Math.log10(Math.max(value, low / 1e3)));
  scale.back = (place) => 10 ** inner.back(place);
  scale.ticks = decadeTicks(low, high);
  return scale;
}

function evenTicks(low, high) {
  const raw = (high - low) / 5;
  const unit = 10 ** Math.floor(Math.log10(raw || 1));
  const step = [1, 2, 5, 10].map((each) => each * unit).find((each) => each >= raw) || unit;
  const ticks = [];
  for (let value = Math.ceil(low / step) * step; value <= high + 1e-9 * step; value += step) ticks.push(Number(value.toPrecision(12)));
  return ticks;
}

function decadeTicks(low, high) {
  const wide = high / low > 30;
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const lead of wide ? [1] : [1, 2, 5]) {
      const value = Number((lead * 10 ** power).toPrecision(6));
      if (value >= low && value <= high) ticks.push(value);
    }
  }
  return ticks;
}
