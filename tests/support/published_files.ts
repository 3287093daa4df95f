/**
 * What many people might publish: documents, lectures, photos, music, films and software in several
 * languages, some files by many people, most by one.
 *
 * @module
 */

import { seededRandom } from "./seeded.ts";
import type { FileDetails } from "../../lib/protocol/messages.ts";

/** One of them. */
export interface PublishedFile {
  readonly user: string;
  readonly name: string;
  readonly details: FileDetails;
}

/** How many there are to choose from. */
export interface PublishedFilesOptions {
  readonly users: number;
  /** Different files that more than one user may have; the first ones are the most popular. */
  readonly shared: number;
  readonly seed: number;
}

/** Of so many publications one is of a file that others may have too. */
const SHARED_SHARE = 0.45;
/** The higher, the more the publications are those of few files, or of few users. */
const SKEW = 2.5;

type Chance = () => number;

/** Publications without end; the same one may come again. */
export function* publishedFiles(options: PublishedFilesOptions): Generator<PublishedFile> {
  const chance = seededRandom(options.seed);
  for (let own = options.shared;; own++) {
    const user = `user${Math.floor(options.users * chance() ** SKEW)}`;
    const isShared = chance() < SHARED_SHARE;
    const file = isShared ? Math.floor(options.shared * chance() ** SKEW) : own;
    yield { user, name: nameOfFile(file), details: detailsOfFile(file) };
  }
}

/** The name of the file with number `file`: always the same. */
export function nameOfFile(file: number): string {
  const chance = seededRandom(file);
  return one(chance, KINDS)(chance);
}

function detailsOfFile(file: number): FileDetails {
  const chance = seededRandom(file ^ 0x5a5a_5a5a);
  const size = Math.floor(2 ** (10 + 23 * chance()));
  const part = () => Math.floor(chance() * 2 ** 32).toString(16).padStart(8, "0");
  return { size, id: Array.from({ length: 8 }, part).join("") };
}

const LANGUAGES = [
  {
    subjects: ["Linear Algebra", "Organic Chemistry", "Medieval History", "Operating Systems"],
    nouns: ["summary", "exercises", "solutions", "notes", "report", "thesis draft", "invoice"],
    lecture: "Lecture",
    titles: ["Silent River", "Northern Lights", "Broken Compass", "Paper Lanterns", "Last Harvest"],
  },
  {
    subjects: ["Höhere Mathematik", "Größenlehre", "Rechtsgeschichte", "Wärmeübertragung"],
    nouns: ["Zusammenfassung", "Übungsblatt", "Lösungen", "Mitschrift", "Bericht", "Rechnung"],
    lecture: "Vorlesung",
    titles: ["Stille Tage", "Über den Dächern", "Nordwind", "Das Grüne Haus", "Später Sommer"],
  },
  {
    subjects: ["Algèbre linéaire", "Géographie", "Économie politique", "Théorie des graphes"],
    nouns: ["résumé", "exercices", "corrigé", "mémoire", "facture", "présentation"],
    lecture: "Leçon",
    titles: ["Été indien", "La Forêt", "Le Dernier Train", "Nuit d'hiver", "Château de sable"],
  },
  {
    subjects: ["Линейная алгебра", "История России", "Физика", "Программирование"],
    nouns: ["конспект", "задачи", "решения", "отчёт", "реферат"],
    lecture: "Лекция",
    titles: ["Белые ночи", "Тихий Дон", "Последний поезд", "Зимний вечер"],
  },
  {
    subjects: ["線形代数", "日本史", "有機化学", "情報理論"],
    nouns: ["まとめ", "演習", "解答", "レポート", "請求書"],
    lecture: "講義",
    titles: ["静かな川", "北の光", "夏の終わり", "風の歌"],
  },
] as const;

const ADJECTIVES = ["Old", "Blue", "Electric", "Hidden", "Golden", "Lost", "Velvet", "Quiet"];
const THINGS = ["Orchard", "Machine", "Garden", "Harbour", "Mirror", "Signal", "Canyon", "Ember"];
const TOPICS = ["Eigenvalues", "Scheduling", "Entropy", "Aromatics", "Feudalism", "Limits"];
const PLACES = ["Lisbon", "Kyoto", "München", "Kraków", "Reykjavík", "Oaxaca", "Québec", "Łódź"];
const TOOLS = ["debian", "inkscape", "blender", "postgresql", "octave", "scribus", "darktable"];
const PLATFORMS = ["linux-x64.tar.gz", "amd64.deb", "win64.exe", "arm64.dmg", "src.zip", "x86.iso"];

const KINDS: readonly ((chance: Chance) => string)[] = [
  (chance) => {
    const { subjects, lecture } = one(chance, LANGUAGES);
    const topic = `${one(chance, TOPICS)} ${count(chance, 40)}`;
    const number = two(count(chance, 28));
    const folder = `${one(chance, subjects)}/${year(chance)}`;
    return `${folder}/${lecture} ${number} - ${topic}.${one(chance, ["pdf", "pptx", "mp4"])}`;
  },
  (chance) => {
    const { subjects, nouns } = one(chance, LANGUAGES);
    const subject = `${one(chance, subjects)} ${one(chance, nouns)} ${year(chance)}`;
    const extension = one(chance, ["pdf", "docx", "odt", "xlsx", "txt", "tex", "md"]);
    return `${subject}${one(chance, ["", "_final", " (copy)"])} v${count(chance, 30)}.${extension}`;
  },
  (chance) => {
    const day = `${year(chance)}-${two(count(chance, 12))}-${two(count(chance, 28))}`;
    const picture = String(count(chance, 9_999)).padStart(4, "0");
    const folder = `Photos/${day} ${one(chance, PLACES)}`;
    return `${folder}/${one(chance, ["IMG_", "DSC", "P10"])}${picture}.${
      one(chance, ["JPG", "jpg", "HEIC", "CR2"])
    }`;
  },
  (chance) => {
    const artist = `${one(chance, ADJECTIVES)} ${one(chance, THINGS)} ${count(chance, 60)}`;
    const album = `${one(chance, one(chance, LANGUAGES).titles)} (${year(chance)})`;
    const title = `${one(chance, ADJECTIVES)} ${one(chance, THINGS)}`;
    const extension = one(chance, ["mp3", "flac", "ogg", "m4a"]);
    return `Music/${artist}/${album}/${two(count(chance, 18))} ${title}.${extension}`;
  },
  (chance) => {
    const title = `${one(chance, one(chance, LANGUAGES).titles)} ${count(chance, 200)}`;
    const quality = one(chance, ["720p", "1080p", "2160p", "DVDRip"]);
    return `Films/${title} (${year(chance)}) ${quality}.${one(chance, ["mkv", "mp4", "avi"])}`;
  },
  (chance) => {
    const version = `${count(chance, 20)}.${count(chance, 40)}.${count(chance, 90)}`;
    return `${one(chance, TOOLS)}-${version}-${one(chance, PLATFORMS)}`;
  },
];

function one<T>(chance: Chance, choices: readonly T[]): T {
  return choices[Math.floor(chance() * choices.length)]!;
}

function count(chance: Chance, most: number): number {
  return 1 + Math.floor(chance() * most);
}

function year(chance: Chance): number {
  return 1_990 + Math.floor(36 * chance() ** 0.5);
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
