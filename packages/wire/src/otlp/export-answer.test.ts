import { describe, expect, it } from "vitest";
import { encodeExportAnswer, encodeRpcStatus, toWireExportAnswer } from "./export-answer.ts";

// Bytes as https://protobuf.dev/programming-guides/encoding/ has them.
describe("an answer to an exporter", () => {
  it("is empty when all is well", async () => {
    const answer = { rejectedSpans: 0, message: "" };
    expect(toWireExportAnswer(answer)).toEqual({});
    expect((await encodeExportAnswer(answer)).length).toBe(0);
  });

  it("counts what is rejected, and says why", async () => {
    const answer = { rejectedSpans: 300, message: "no" };
    expect(toWireExportAnswer(answer)).toEqual({
      partialSuccess: { rejectedSpans: "300", errorMessage: "no" },
    });
    expect(Buffer.from(await encodeExportAnswer(answer)).toString("hex")).toBe("0a0708ac0212026e6f");
  });

  it("warns where nothing is rejected", async () => {
    const answer = { rejectedSpans: 0, message: "no" };
    expect(toWireExportAnswer(answer)).toEqual({
      partialSuccess: { rejectedSpans: "0", errorMessage: "no" },
    });
    expect(Buffer.from(await encodeExportAnswer(answer)).toString("hex")).toBe("0a06080012026e6f");
  });

  it("is a status when nothing is taken", async () => {
    const status = await encodeRpcStatus({ code: 14, message: "no" });
    expect(Buffer.from(status).toString("hex")).toBe("080e12026e6f");
  });
});
