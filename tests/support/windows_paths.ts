/**
 * A program that tells, as JSON, which names the words of its arguments mean on Windows, in the folder
 * `C:\share`, and where things are for a user there. It touches no disk.
 *
 * @module
 */

/** What a user of Windows has. */
const VARIABLES: Readonly<Record<string, string>> = {
  APPDATA: "C:\\Users\\hans\\AppData\\Roaming",
  LOCALAPPDATA: "C:\\Users\\hans\\AppData\\Local",
  USERPROFILE: "C:\\Users\\hans",
};

if (import.meta.main) {
  // What is imported after this takes paths as Windows has them.
  Object.defineProperty(Deno, "build", { value: { ...Deno.build, os: "windows" } });
  const { nameIn } = await import("../../lib/peer/share/typed_name.ts");
  const { configPath, homeFolder } = await import("../../lib/client/settings/config_path.ts");
  const { stateFolder } = await import("../../lib/peer/session/known_servers_file.ts");
  const meant = Deno.args.map((typed) => {
    try {
      return nameIn("C:\\share", typed);
    } catch (error) {
      return (error as { code?: string }).code;
    }
  });
  const env = (name: string) => VARIABLES[name];
  const system = { os: Deno.build.os, env };
  const places = [configPath(system), stateFolder(env), homeFolder(system)];
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ meant, places })));
}
