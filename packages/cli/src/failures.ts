import { ApiError, NoConnectionError, UnreachableError } from "@ai-usage/client";
import { CommanderError } from "commander";
import { printable } from "./render/format.ts";

export const exitCodes = { ok: 0, refused: 1, usage: 2, differs: 2, unreachable: 3 } as const;

export const EXIT_CODES_HELP = `
Exit codes:
  0  done
  1  the request was refused or failed, in whole or in part
  2  wrong usage: unknown option, bad value, unreadable input
  3  no API is known, or it cannot be reached`;

/** The command line, or what came on standard input, is not what the command takes. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The request was answered, and not all of it was done. */
export class NotDoneError extends Error {
  override readonly name = "NotDoneError";
}

/** What was compared is not the same, and the command says so by its exit code. What differs has been printed. */
export class DifferencesError extends Error {
  override readonly name = "DifferencesError";
}

/** Wrong usage of a command whose exit code for that says something else. What is wrong has been printed. */
export class MisusedError extends Error {
  override readonly name = "MisusedError";
}

export interface Failure {
  readonly exitCode: number;
  /** Nothing, when it has been said already. */
  readonly message?: string;
}

export function failureOf(error: unknown, env: Readonly<Record<string, string | undefined>>): Failure {
  if (error instanceof CommanderError) {
    return { exitCode: error.exitCode === 0 ? exitCodes.ok : exitCodes.usage };
  }
  if (error instanceof DifferencesError) return { exitCode: exitCodes.differs };
  if (error instanceof MisusedError) return { exitCode: exitCodes.refused };
  if (error instanceof UsageError) return { exitCode: exitCodes.usage, message: error.message };
  if (error instanceof NotDoneError) return { exitCode: exitCodes.refused, message: error.message };
  if (error instanceof NoConnectionError) return { exitCode: exitCodes.unreachable, message: error.message };
  if (error instanceof UnreachableError) {
    return { exitCode: exitCodes.unreachable, message: `${error.message}\n${reachAdvice(env)}` };
  }
  if (error instanceof ApiError) {
    const advice = adviceFor(error);
    return { exitCode: exitCodes.refused, message: printable(error.message) + (advice && `\n${advice}`) };
  }
  throw error;
}

function reachAdvice(env: Readonly<Record<string, string | undefined>>): string {
  return env.AI_USAGE_API_URL
    ? "Check AI_USAGE_API_URL and the network."
    : "The local stack does not seem to run: start it with `npm start`, or set AI_USAGE_API_URL and AI_USAGE_TOKEN.";
}

function adviceFor({ status }: ApiError): string {
  switch (status) {
    case 401:
    case 403:
      return "Set AI_USAGE_TOKEN to a token that may; an admin makes one with `ai-usage tokens create`.";
    case 404:
      return "The `list` commands show the ids there are.";
    case 429:
      return "Wait a moment, then run it again.";
    default:
      return status >= 500 ? "Run it again; if it stays so, look into the log of the stack." : "";
  }
}
