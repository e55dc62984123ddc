import type { UsageContext } from "../../context/usage-context.ts";

/** A request that somebody waits for. */
export interface WaitingRequest<Request, Answer> {
  readonly customId: string;
  readonly request: Request;
  readonly context: UsageContext;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

interface Size {
  readonly weight: number;
  readonly bytes: number;
}

/** Requests that will be one batch. */
export class WaitingGroup<Request, Answer> {
  readonly #members = new Map<string, WaitingRequest<Request, Answer> & Size>();
  #weight = 0;
  #bytes = 0;
  readonly timer: NodeJS.Timeout;

  constructor(timer: NodeJS.Timeout) {
    this.timer = timer;
  }

  has(customId: string): boolean {
    return this.#members.has(customId);
  }

  hasRoom(
    { weight, bytes }: Size,
    max: { readonly maxRequests: number; readonly maxBytes: number },
  ): boolean {
    return this.#weight + weight <= max.maxRequests && this.#bytes + bytes <= max.maxBytes;
  }

  add(member: WaitingRequest<Request, Answer>, { weight, bytes }: Size): void {
    this.#members.set(member.customId, { ...member, weight, bytes });
    this.#weight += weight;
    this.#bytes += bytes;
  }

  /** It is not sent any more. */
  withdraw(customId: string): void {
    const member = this.#members.get(customId);
    if (member === undefined) return;
    this.#members.delete(customId);
    this.#weight -= member.weight;
    this.#bytes -= member.bytes;
  }

  get weight(): number {
    return this.#weight;
  }

  get members(): readonly WaitingRequest<Request, Answer>[] {
    return [...this.#members.values()];
  }
}
