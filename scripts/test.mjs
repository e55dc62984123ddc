// Everything that must hold, in one command: formatting and lint, types, import directions, dead code, tests, and the
// integration tests once more on a second engine where there is Java. Ends with the line "N passed, N failed".
// Arguments go to vitest, and then only the tests run: `npm test -- --project unit`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { ensureChromium } from "./chromium.mjs";
import { hasJava, startDynamoDBLocal } from "./dynamodb-local.mjs";

const checks = [
  { name: "format and lint", command: "biome", parameters: ["ci", "--error-on-warnings", "."] },
  { name: "types", command: "tsc", parameters: ["--noEmit", "--project", "."] },
  {
    name: "import directions",
    command: "depcruise",
    parameters: ["--config", ".dependency-cruiser.cjs", "bin", "lib", "lambdas", "packages"],
    // It reports success when it can read nothing.
    mustSay: /\(\d{3,} modules/,
  },
  { name: "dead code", command: "knip", parameters: ["--no-progress"] },
];

const binary = (command) => join("node_modules", ".bin", command);

async function run(command, parameters, { environment = {}, live = false } = {}) {
  const child = spawn(binary(command), parameters, {
    stdio: ["ignore", live ? "inherit" : "pipe", live ? "inherit" : "pipe"],
    env: { ...process.env, ...environment },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
  }
  const [status] = await once(child, "close");
  return { status, output };
}

async function check({ name, command, parameters, mustSay = /^/ }) {
  const started = Date.now();
  const { status, output } = await run(command, parameters);
  const passed = status === 0 && mustSay.test(output);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${passed ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (!passed) console.log(output);
  return passed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** What failed in a file, each with its reason, as the last thing that somebody reads of a long output. */
function reasonsOf(file) {
  const place = relative(process.cwd(), file.name);
  if (file.status === "failed" && file.assertionResults.length === 0) return [`${place}\n${file.message}`];
  return file.assertionResults
    .filter((test) => test.status === "failed")
    .map((test) => `${place} > ${test.fullName}\n${test.failureMessages.join("\n")}`);
}

/** @param title what stands above the output, which is then shown at the end and not as it comes */
async function vitest(parameters, { environment = {}, title } = {}) {
  const results = mkdtempSync(join(tmpdir(), "ai-usage-test-"));
  const report = join(results, "vitest.json");
  const { status, output } = await run(
    "vitest",
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...parameters],
    {
      environment: { NODE_OPTIONS: "--disable-warning=Warning", ...environment },
      live: title === undefined,
    },
  );
  if (title !== undefined) console.log(`${title}\n${output}`);
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    // A file that fails before its first test has no failed test to count.
    const broken = testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.length === 0,
    );
    const failed = numFailedTests + broken.length;
    return {
      passed: numPassedTests,
      failed: status === 0 ? failed : Math.max(failed, 1),
      reasons: testResults.flatMap(reasonsOf),
    };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(results, { recursive: true });
  }
}

/** What rests on how an engine behaves: conditions, transactions, streams, decimals. The API above it does not; the races of
 * leases meet more conflicts there than two minutes hold. */
const onBothEngines = [
  "answer-usage",
  "exact-totals",
  "listing",
  "record-metrics",
  "restatements",
  "volumes",
  "integration/prices",
  "integration/budgets.test",
  "budget-proposals",
  "budget-templates",
  "read-budget",
];

async function secondEngine() {
  if (!hasJava()) {
    console.log("– integration tests on DynamoDB Local: left out, there is no Java here");
    return { passed: 0, failed: 0 };
  }
  const engine = await startDynamoDBLocal();
  try {
    return await vitest(["--project", "integration", ...onBothEngines], {
      environment: { DYNAMODB_ENDPOINT: engine.endpoint },
      title: "Integration tests on DynamoDB Local",
    });
  } finally {
    await engine.stop();
  }
}

/** End-to-end tests wait more than they compute, so what runs on the second engine runs beside them. */
async function everything() {
  ensureChromium();
  const checked = await Promise.all(checks.map(check));
  const parts = ["unit", "template", "integration"].flatMap((project) => ["--project", project]);
  const first = await vitest(parts);
  return [...checked, first, ...(await Promise.all([vitest(["--project", "end-to-end"]), secondEngine()]))];
}

const chosen = process.argv.slice(2);
const outcomes = chosen.length > 0 ? [await vitest(chosen)] : await everything();
const sum = (what) => outcomes.reduce((total, outcome) => total + outcome[what], 0);
for (const reason of outcomes.flatMap((outcome) => outcome.reasons ?? [])) console.log(`✗ ${reason}\n`);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exit(sum("failed") === 0 ? 0 : 1);
