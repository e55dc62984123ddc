import { type Environment, trackerOptionsFromEnv } from "../environment/environment.ts";

/** Where a provider is, and the key for it. What is left out is for its SDK to know. */
export interface ProviderConfig {
  readonly apiKey?: string;
  readonly baseURL?: string;
}

export interface BedrockConfig {
  /** Credentials are for the AWS SDK to find. */
  readonly region?: string;
  readonly endpoint?: string;
}

/** What clients are made with. */
export class ClientConfig {
  readonly openAI: ProviderConfig & { readonly organization?: string; readonly project?: string };
  readonly anthropic: ProviderConfig;
  readonly google: ProviderConfig;
  readonly bedrock: BedrockConfig;

  constructor({ openAI = {}, anthropic = {}, google = {}, bedrock = {} }: Partial<ClientConfig> = {}) {
    this.openAI = openAI;
    this.anthropic = anthropic;
    this.google = google;
    this.bedrock = bedrock;
  }

  /**
   * From the variables that the SDKs themselves know: OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_ORG_ID, OPENAI_PROJECT_ID;
   * ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL; GEMINI_API_KEY or GOOGLE_API_KEY, GOOGLE_GEMINI_BASE_URL; AWS_REGION or
   * AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_BEDROCK_RUNTIME. A key that is missing is missed when the client is asked for.
   *
   * @throws TrackerConfigurationError when a variable of the tracker's cannot be
   */
  static fromEnv(env: Environment = process.env): ClientConfig {
    trackerOptionsFromEnv(env);
    const read = (...names: readonly string[]): string | undefined =>
      names.map((name) => env[name]?.trim()).find((text) => text);
    return new ClientConfig({
      openAI: given({
        apiKey: read("OPENAI_API_KEY"),
        baseURL: read("OPENAI_BASE_URL"),
        organization: read("OPENAI_ORG_ID"),
        project: read("OPENAI_PROJECT_ID"),
      }),
      anthropic: given({ apiKey: read("ANTHROPIC_API_KEY"), baseURL: read("ANTHROPIC_BASE_URL") }),
      google: given({
        apiKey: read("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        baseURL: read("GOOGLE_GEMINI_BASE_URL"),
      }),
      bedrock: given({
        region: read("AWS_REGION", "AWS_DEFAULT_REGION"),
        endpoint: read("AWS_ENDPOINT_URL_BEDROCK_RUNTIME"),
      }),
    });
  }
}

type Given<Members> = { [Name in keyof Members]?: Exclude<Members[Name], undefined> };

function given<Members extends object>(members: Members): Given<Members> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Given<Members>;
}
