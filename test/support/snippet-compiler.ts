import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DocPage } from "./doc-snippets.ts";

interface CompilerOptions {
  readonly repository: string;
  /** Where the blocks are written: each page is an application of its own that has ai-usage in a folder. */
  readonly directory: string;
  readonly pages: Iterable<readonly [file: string, page: DocPage]>;
}

/** Checks the types of all blocks of TypeScript, those that are not run too. @returns what the compiler has to say */
export async function compileSnippets({ repository, directory, pages }: CompilerOptions): Promise<string> {
  for (const [file, { snippets }] of pages) {
    const folder = join(directory, file.replaceAll("/", "-"));
    mkdirSync(folder, { recursive: true });
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
    symlinkSync(repository, join(folder, "ai-usage"));
    for (const { language, line, text } of snippets)
      if (language === "ts") writeFileSync(join(folder, `line-${line}.ts`), text);
  }
  const configuration = {
    extends: join(repository, "tsconfig.json"),
    compilerOptions: { moduleDetection: "force", typeRoots: [join(repository, "node_modules/@types")] },
    include: ["*/line-*.ts"],
    exclude: [],
  };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(configuration));
  const messages = (await compilerOutput(repository, directory)).split(/\n(?! )/);
  return messages.filter((message) => !OF_THE_REPOSITORY.test(message)).join("\n");
}

/** What is wrong with the code that blocks import is for the type check of the repository to say. */
const OF_THE_REPOSITORY = /^(packages|lambdas|lib|bin|test)\//;

async function compilerOutput(repository: string, directory: string): Promise<string> {
  const compiler = join(repository, "node_modules/typescript/bin/tsc");
  const child = spawn(process.execPath, [compiler, "-p", directory, "--pretty", "false"], {
    cwd: repository,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  await new Promise((done, fail) => child.on("error", fail).on("close", done));
  return output;
}
