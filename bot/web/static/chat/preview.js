// Small pictures of chosen photos, made one at a time so that thirty photos do not fill a phone's memory.

const SIDE = 112;
const made = new Map(); // client_id -> promise of an object URL or null
let last = Promise.resolve();

export function preview(upload) {
  if (made.has(upload.client_id)) return made.get(upload.client_id);
  const file = upload.file;
  if (!file || !/^image\//.test(upload.type) || !self.createImageBitmap) return Promise.resolve(null);
  const url = last.then(() => shrink(file)).catch(() => null);
  last = url;
  made.set(upload.client_id, url);
  return url;
}

export function forgetPreview(clientId) {
  made.get(clientId)?.then((url) => url && URL.revokeObjectURL(url));
  made.delete(clientId);
}

async function shrink(file) {
  const whole = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  canvas.width = SIDE;
  canvas.height = SIDE;
  const side = Math.min(whole.width, whole.height);
  canvas
    .getContext("2d")
    .drawImage(whole, (whole.width - side) / 2, (whole.height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  whole.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
  return blob ? URL.createObjectURL(blob) : null;
}
