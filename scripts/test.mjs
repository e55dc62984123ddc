// Everything that must hold, in one command: formatting and lint, types, import directions, dead code, tests, and the
// integration tests once more on a second engine where there is Java. Ends with the line "N passed, N failed".
// Arguments go to vitest, and then only the tests run: `npm test -- --project unit`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

function check({ name, command, parameters, mustSay = /^/ }) {
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync(binary(command), parameters, { encoding: "utf8" });
  const passed = status === 0 && mustSay.test(stdout);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${passed ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (!passed) console.log(stdout + stderr);
  return passed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function vitest(parameters, environment = {}) {
  const results = mkdtempSync(join(tmpdir(), "ai-usage-test-"));
  const report = join(results, "vitest.json");
  const { status } = spawnSync(
    binary("vitest"),
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...parameters],
    {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, NODE_OPTIONS: "--disable-warning=Warning", ...environment },
    },
  );
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    // A file that fails before its first test has no failed test to count.
    const broken = testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.length === 0,
    );
    const failed = numFailedTests + broken.length;
    return { passed: numPassedTests, failed: status === 0 ? failed : Math.max(failed, 1) };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(results, { recursive: true });
  }
}

async function secondEngine() {
  if (!hasJava()) {
    console.log("– integration tests on DynamoDB Local: left out, there is no Java here");
    return { passed: 0, failed: 0 };
  }
  console.log("Integration tests on DynamoDB Local");
  const engine = await startDynamoDBLocal();
  try {
    return vitest(["--project", "integration"], { DYNAMODB_ENDPOINT: engine.endpoint });
  } finally {
    await engine.stop();
  }
}

const chosen = process.argv.slice(2);
const outcomes =
  chosen.length > 0 ? [vitest(chosen)] : [...checks.map(check), vitest([]), await secondEngine()];
const sum = (what) => outcomes.reduce((total, outcome) => total + outcome[what], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exit(sum("failed") === 0 ? 0 : 1);
