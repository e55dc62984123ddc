import type { MeteredCall, Recorder } from "../../recording/call.ts";
import { OPENAI_RESPONSES } from "./formats.ts";

interface BackgroundResponse {
  readonly id: string;
  readonly background: true;
  readonly status?: unknown;
  readonly created_at?: unknown;
  readonly model?: unknown;
}

const KEPT_MAX = 10_000;
const UNDER_WAY = new Set(["queued", "in_progress"]);

/**
 * Responses that are made in the background: the call is over when somebody is told that the response is, whoever asks.
 * Where another process began it, all of the metric but its context follows from the response, so that it counts once.
 *
 * https://developers.openai.com/api/docs/guides/background
 */
export class BackgroundResponses {
  readonly #recorder: Recorder;
  readonly #underWay = new Map<string, MeteredCall>();
  readonly #told = new Set<string>();

  private constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Clients share theirs: one may ask for what another began. */
  static of(recorder: Recorder): BackgroundResponses {
    const known = ofRecorders.get(recorder) ?? new BackgroundResponses(recorder);
    ofRecorders.set(recorder, known);
    return known;
  }

  /** @returns whether the call is kept until its response is final */
  keep(answer: unknown, call: MeteredCall): boolean {
    if (!isBackground(answer)) return false;
    if (!UNDER_WAY.has(String(answer.status))) {
      this.#isTold(answer.id);
      return false;
    }
    limit(this.#underWay);
    this.#underWay.set(answer.id, call);
    return true;
  }

  /** Somebody was told how a response stands. */
  tell(answer: unknown, service: string): void {
    if (!isBackground(answer) || UNDER_WAY.has(String(answer.status))) return;
    const { id } = answer;
    const call = this.#underWay.get(id);
    this.#underWay.delete(id);
    if (!this.#isTold(id)) (call ?? this.#begunElsewhere(answer, service)).succeeded(answer);
  }

  #isTold(id: string): boolean {
    if (this.#told.has(id)) return true;
    limit(this.#told);
    this.#told.add(id);
    return false;
  }

  #begunElsewhere({ created_at: createdAt }: BackgroundResponse, service: string): MeteredCall {
    return this.#recorder.begin({
      service,
      operation: "responses",
      format: OPENAI_RESPONSES,
      ...(typeof createdAt === "number" && { startedAt: createdAt * 1000 }),
    });
  }
}

const ofRecorders = new WeakMap<Recorder, BackgroundResponses>();

function isBackground(answer: unknown): answer is BackgroundResponse {
  if (typeof answer !== "object" || answer === null) return false;
  const { background, id } = answer as Partial<BackgroundResponse>;
  return background === true && typeof id === "string";
}

/** The oldest makes place. */
function limit(kept: Map<string, unknown> | Set<string>): void {
  if (kept.size < KEPT_MAX) return;
  for (const oldest of kept.keys()) {
    kept.delete(oldest);
    return;
  }
}
