/** The sample data that comes with the workspace, for people who have none at hand. */

import { fetchAsFile } from './api.js';
import { state } from './state.js';

let waiting = null;

/** The next form that opens is to be filled with this sample. */
export function fillNextForm(sample) {
  waiting = sample;
}

/** The sample chosen for the form that opens now, once. */
export function takeWaiting() {
  const sample = waiting;
  waiting = null;
  return sample;
}

const extension = (name) => name.split('.').at(-1).toLowerCase();

/** May a file of this name go into a file input that accepts `filetypes`? */
export function accepts(filetypes, name) {
  return !filetypes?.length || filetypes.includes(extension(name));
}

/** All sample files that an input accepts: `{sample, file}`. */
export function sampleFiles(filetypes) {
  return state.samples.flatMap((sample) => (sample.files ?? []).filter((f) => accepts(filetypes, f.name)).map((file) => ({ sample, file })));
}

/** The first part of a title, before any colon. */
export const shortTitle = (sample) => sample.title.split(':')[0].trim();

/** Read a sample file, ready to be uploaded. */
export const readSample = (file) => fetchAsFile(file.url, file.name);
