import { cases, digest, read, schema, version, type Case } from "usagecompat-corpus";

const wanted: Case[] = cases("smoke").filter((one) => one.demand === "must-decode");
const bytes: Uint8Array[] = [read("SHA256SUMS"), ...wanted.map((one) => one.payload)];
export const said: string = `${version} ${digest} ${bytes.length} ${String(schema("latest").$id)}`;
// @ts-expect-error there is no such demand
wanted.some((one) => one.demand === "must-decod");
