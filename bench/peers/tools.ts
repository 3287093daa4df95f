/**
 * Programs that people use to bring a file from one machine to another, set up between two folders
 * of this one, over 127.0.0.1.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { unlessAborted } from "../../lib/async/until_aborted.ts";
import { Network } from "../../tests/support/network.ts";
import { Program } from "../../tests/support/program.ts";
import { freePort } from "../contenders.ts";

/** The name of the file. */
export const NAME = "big";

/** What a tool is set up with. */
export interface Place {
  /** Has the folders `source`, with the file, and `target`, where it goes. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Ends what was started. */
  readonly stack: AsyncDisposableStack;
}

/** Starts the sending side; what it returns brings the file. */
type Start = (place: Place) => Promise<() => Promise<unknown>>;

const TORRENT = fromFileUrl(new URL("torrent.py", import.meta.url));
const CIPHERS = "-c aes128-gcm@openssh.com";
/** Of the system, as those of version managers do not see what the system installs. */
const PYTHON = "/usr/bin/python3";

/** Runs a command of the shell to its end; what is installed for administrators is found as well. */
export async function run(command: string, signal: AbortSignal): Promise<string> {
  const args = ["-c", `PATH=$PATH:/usr/sbin:/sbin; ${command}`];
  const output = await new Deno.Command("sh", { args, signal, stdin: "null" }).output();
  signal.throwIfAborted();
  const [stdout, stderr] = [output.stdout, output.stderr].map((it) => new TextDecoder().decode(it));
  if (!output.success) throw new Error(stderr!.trim() || `${command} failed`);
  return stdout!.trim();
}

/** Starts a program that serves until the end. */
function serve(command: readonly string[], { stack }: Place): Program {
  const program = stack.use(new Program(command));
  stack.defer(() => {
    try {
      program.kill("SIGTERM"); // One that is killed would leave its children.
    } catch {
      return; // It has ended already.
    }
    return program.ends().then(() => {});
  });
  return program;
}

async function listens(port: number, signal: AbortSignal): Promise<void> {
  const isOpen = `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}' 2>&-`;
  await run(`for i in $(seq 200); do ${isOpen} && exit; sleep 0.05; done; exit 1`, signal);
}

async function startOurs({ folder, signal, stack }: Place) {
  const network = stack.use(await Network.start());
  const [hans, vader] = [await network.join("hans"), await network.join("vader")];
  await Deno.link(`${folder}/source/${NAME}`, `${hans.folder}/${NAME}`);
  await hans.shell.type(`pub ${NAME}`);
  await unlessAborted(hans.shell.shows("File published successfully\n", 600_000), signal);
  return async () => {
    await vader.shell.type(`get ${NAME}`);
    await unlessAborted(vader.shell.shows(`${NAME} downloaded successfully\n`, 600_000), signal);
    await Deno.rename(`${vader.folder}/${NAME}`, `${folder}/target/${NAME}`);
  };
}

/** An own sshd with keys of its own; returns the options of whoever asks it. */
async function startSsh(place: Place): Promise<string> {
  const { folder, signal } = place;
  const [port, own] = [freePort(), await Deno.makeTempDir({ dir: folder })];
  for (const key of ["host", "user"]) {
    await run(`ssh-keygen -q -t ed25519 -N '' -f ${own}/${key}`, signal);
  }
  const config = `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${own}/host\nStrictModes no
AuthorizedKeysFile ${own}/user.pub\nUsePAM no\nPidFile none\nSubsystem sftp internal-sftp\n`;
  await Deno.writeTextFile(`${own}/sshd_config`, config);
  const sshd = await run("command -v sshd", signal);
  serve([sshd, "-D", "-e", "-f", `${own}/sshd_config`], place);
  await listens(port, signal);
  return `-F none -o Port=${port} -i ${own}/user -o StrictHostKeyChecking=no -o BatchMode=yes ` +
    `-o UserKnownHostsFile=${own}/known -o LogLevel=ERROR`;
}

const scp = (ciphers: string): Start => async (place) => {
  const { folder, signal } = place;
  const options = await startSsh(place);
  const from = `127.0.0.1:${folder}/source/${NAME}`;
  return () => run(`scp -q ${options} ${ciphers} ${from} ${folder}/target/`, signal);
};

const startRsync: Start = async (place) => {
  const { folder, signal } = place;
  const options = await startSsh(place);
  const from = `127.0.0.1:${folder}/source/${NAME}`;
  return () => run(`rsync -e 'ssh ${options}' ${from} ${folder}/target/`, signal);
};

const startNginx: Start = async (place) => {
  const { folder, signal } = place;
  const [port, own] = [freePort(), await Deno.makeTempDir({ dir: folder })];
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const config = `daemon off; pid ${own}/pid; error_log ${own}/log;
${Deno.uid() === 0 ? "user root;" : ""} events {}
http { access_log off; sendfile on;
${temporary.map((name) => `${name}_temp_path ${own}/${name};`).join(" ")}
server { listen 127.0.0.1:${port}; root ${folder}/source; } }`;
  await Deno.writeTextFile(`${own}/conf`, config);
  serve([await run("command -v nginx", signal), "-e", `${own}/log`, "-c", `${own}/conf`], place);
  await listens(port, signal);
  const options = "-q --no-conf -x4 -s4 --file-allocation=none";
  return () =>
    run(`aria2c ${options} -d ${folder}/target http://127.0.0.1:${port}/${NAME}`, signal);
};

const startTorrent: Start = async (place) => {
  const { folder, signal } = place;
  const [port, torrent] = [freePort(), `${folder}/torrent`];
  const seed = [TORRENT, "seed", `${folder}/source/${NAME}`, torrent, String(port)];
  await unlessAborted(serve([PYTHON, ...seed], place).shows("ready", 600_000), signal);
  return () => run(`${PYTHON} ${TORRENT} get ${folder}/target ${torrent} ${port}`, signal);
};

/** What each tool needs, as a command that succeeds where it is there, and how it is started. */
export const TOOLS: Readonly<Record<string, { readonly needs: string; readonly start: Start }>> = {
  "ours": { needs: "true", start: startOurs },
  "scp": { needs: "command -v scp && command -v sshd", start: scp("") },
  "scp, aes128-gcm": { needs: "command -v scp && command -v sshd", start: scp(CIPHERS) },
  "rsync over ssh": { needs: "command -v rsync && command -v sshd", start: startRsync },
  "aria2 with nginx": { needs: "command -v aria2c && command -v nginx", start: startNginx },
  "libtorrent": { needs: `${PYTHON} -c 'import libtorrent'`, start: startTorrent },
};
