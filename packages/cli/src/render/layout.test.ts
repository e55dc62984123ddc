import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { barChart, blocks, gauge } from "./bar-chart.ts";
import { moment, money, printable, share, timeLeft } from "./format.ts";
import { fittingTable, table } from "./table.ts";

const colors = pc.createColors(false);

describe("bar", () => {
  it("is exact to an eighth of a column, and shows whatever is above zero", () => {
    expect(blocks(0.5, 10)).toBe("█████");
    expect(blocks(0.55, 10)).toBe("█████▌");
    expect(blocks(0.00001, 10)).toBe("▏");
    expect(blocks(0, 10)).toBe("");
    expect(blocks(7, 10)).toBe("██████████");
  });

  it("fills a gauge to the end and no further", () => {
    expect(gauge(0.25, 8)).toBe("██░░░░░░");
    expect(gauge(1.2, 8)).toBe("████████");
  });

  it("keeps in the terminal's width, long and wide names too", () => {
    const bars = [
      { label: "m".repeat(100), value: "$1.00", size: 1 },
      { label: "日本語モデル", value: "$0.50", size: 0.5 },
    ];
    const lines = barChart(bars, { colors, columns: 80 }).split("\n");
    expect(lines[0]).toHaveLength(80);
    expect(lines[0]).toContain("m…  $1.00  █");
    // Each of the six characters takes two columns.
    expect(lines[1]?.indexOf("$0.50")).toBe((lines[0]?.indexOf("$1.00") ?? 0) - 6);
  });
});

describe("table", () => {
  it("is columns of text, one line a row, without characters that steer a terminal", () => {
    const text = table(
      [
        { head: "name", cell: (row: { name: string; n: number }) => row.name },
        { head: "n", align: "right", cell: ({ n }) => String(n) },
      ],
      [
        { name: "a\u001b[2Jb", n: 1 },
        { name: "long name", n: 1000 },
      ],
      colors,
    );
    expect(text).toBe("name          n\na?[2Jb        1\nlong name  1000");
  });
});

describe("table on a terminal", () => {
  const columns = [
    { head: "name", cuts: true, cell: (row: { name: string; note: string }) => row.name },
    { head: "fixed", cell: () => "0123456789" },
    { head: "note", cuts: true, cell: ({ note }: { note: string }) => note },
  ];
  const rows = [{ name: "n".repeat(40), note: "x".repeat(20) }];

  it("cuts the widest first of what may be cut, to the width of the terminal", () => {
    const text = fittingTable(columns, rows, { colors, columns: 60, cutAt: 60 });
    const [, line = ""] = text.split("\n");
    expect(line).toBe(`${"n".repeat(25)}…  0123456789  ${"x".repeat(20)}`);
  });

  it("is whole where there is no terminal, or room", () => {
    const whole = table(columns, rows, colors);
    expect(fittingTable(columns, rows, { colors, columns: 80 })).toBe(whole);
    expect(fittingTable(columns, rows, { colors, columns: 80, cutAt: 80 })).toBe(whole);
  });

  it("does not cut until nothing can be read", () => {
    const [, line = ""] = fittingTable(columns, rows, { colors, columns: 10, cutAt: 10 }).split("\n");
    expect(line).toBe(`${"n".repeat(11)}…  0123456789  ${"x".repeat(11)}…`);
  });
});

describe("format", () => {
  it("shows money to the cent, and what is below with its digits", () => {
    expect(money("1234.5049")).toBe("$1,234.50");
    expect(money("0.000000075")).toBe("$0.000000075");
    expect(money("-3")).toBe("-$3.00");
  });

  it("shows percentages of a column with two places", () => {
    expect([share("100"), share("7.9"), share("0.25")]).toEqual(["100.00 %", "7.90 %", "0.25 %"]);
  });

  it("shows moments without parts of a second, and time as people say it", () => {
    expect(moment("2026-11-22T10:15:00.123Z")).toBe("2026-11-22 10:15:00Z");
    expect([0.2, 4.5, 12, 76.2, 24].map(timeLeft)).toEqual(["12m", "4h 30m", "12h", "3d 4h", "1d"]);
  });

  it("leaves nothing in a text that turns it around or moves the cursor", () => {
    expect(printable("a\u202eb\u0007\nc")).toBe("a?b?\nc");
  });
});
