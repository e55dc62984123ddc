import { type Tone, tones } from "../facts/alert-facts.ts";

interface Palette {
  readonly page: string;
  readonly card: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly inset: string;
}

/** Every text has a contrast of 4.5 to 1 and more against what is behind it (WCAG 2.2, 1.4.3). */
export const light: Palette = {
  page: "#f1f2f4",
  card: "#ffffff",
  text: "#17181c",
  muted: "#575a63",
  line: "#e3e5e9",
  inset: "#f5f6f8",
};

const dark: Palette = {
  page: "#0d0e11",
  card: "#191b20",
  text: "#f2f3f5",
  muted: "#a9adb8",
  line: "#31343c",
  inset: "#23262d",
};

/** `ink` is for text, `paper` lies behind it, `fill` is for what is no text: 3 to 1 is enough for that (1.4.11). */
interface ToneColours {
  readonly ink: string;
  readonly paper: string;
  readonly fill: string;
}

export const lightTones: Record<Tone, ToneColours> = {
  INFO: { ink: "#1d4ed8", paper: "#e8eefc", fill: "#2563eb" },
  WARNING: { ink: "#92400e", paper: "#fdf3d8", fill: "#d97706" },
  CRITICAL: { ink: "#b23408", paper: "#fdebe0", fill: "#ea580c" },
  EXCEEDED: { ink: "#b3151b", paper: "#fde8e8", fill: "#dc2626" },
  RECOVERED: { ink: "#15693a", paper: "#e4f5ea", fill: "#16a34a" },
};

const darkTones: Record<Tone, ToneColours> = {
  INFO: { ink: "#9dbdfc", paper: "#1b2745", fill: "#7ea8fa" },
  WARNING: { ink: "#f7c64f", paper: "#3a2c0b", fill: "#f5b93a" },
  CRITICAL: { ink: "#fda779", paper: "#432312", fill: "#fb8f4f" },
  EXCEEDED: { ink: "#fca5a5", paper: "#471a1c", fill: "#f87171" },
  RECOVERED: { ink: "#83dca5", paper: "#143322", fill: "#4ade80" },
};

/**
 * What inline styles cannot say: the colours of the dark, by class, for clients that follow the reader's choice. Others
 * show the light ones, or turn them over themselves.
 */
export const styleSheet: string = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background-color: ${dark.page} !important; color: ${dark.text} !important; }
  .card { background-color: ${dark.card} !important; border-color: ${dark.line} !important; }
  .text { color: ${dark.text} !important; }
  .muted { color: ${dark.muted} !important; }
  .line { border-color: ${dark.line} !important; }
  .inset { background-color: ${dark.inset} !important; color: ${dark.text} !important; }
  .track { background-color: ${dark.line} !important; }
${tones.map(darkTone).join("\n")}
}`;

function darkTone(tone: Tone): string {
  const { ink, paper, fill } = darkTones[tone];
  return `  .ink-${tone} { color: ${ink} !important; }
  .paper-${tone} { background-color: ${paper} !important; border-color: ${ink} !important; }
  .fill-${tone} { background-color: ${fill} !important; }
  .button-${tone} { background-color: ${ink} !important; color: ${dark.page} !important; }`;
}
