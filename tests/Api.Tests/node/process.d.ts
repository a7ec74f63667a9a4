// All that is used of Node.
declare const process: { argv: string[] };
