// Unpacks the Chromium of the npm package @sparticuz/chromium: node unpack_chromium.mjs <its bin folder> <target folder>
import { execFileSync } from "node:child_process";
import { createReadStream, createWriteStream, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

const [source, target] = process.argv.slice(2).map((folder) => resolve(folder));
const unpack = (name, options) =>
  pipeline(
    createReadStream(join(source, `${name}.br`)),
    createBrotliDecompress(),
    createWriteStream(join(target, name), options),
  );

mkdirSync(target, { recursive: true });
await unpack("chromium", { mode: 0o755 });
for (const archive of ["al2023.tar", "swiftshader.tar", "fonts.tar"]) {
  await unpack(archive);
  execFileSync("tar", ["--no-same-owner", "-xf", join(target, archive), "-C", target]);
  rmSync(join(target, archive));
}
// The package's own file knows only the folders of a cloud service.
writeFileSync(
  join(target, "fonts.conf"),
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`,
);
