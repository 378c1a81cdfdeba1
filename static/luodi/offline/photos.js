// Photos are made smaller on the device before they travel; what the browser cannot read is sent as it is.
const LONGEST = 2560;
const SMALL = 1_200_000;

export const shrink = async (file) => {
  if (!file.type.startsWith("image/") || file.type === "image/gif" || file.size < SMALL) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.86); });
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified });
  } catch {
    return file; // HEIC, mostly: the server can read it
  }
};

export const asPhotos = (files) =>
  Promise.all([...files].map(async (file) => {
    const small = await shrink(file);
    return { uuid: crypto.randomUUID(), name: small.name, type: small.type, blob: small.slice(0, small.size, small.type) };
  }));

// The files of an input, replaced by smaller ones as soon as they are chosen.
export const shrinkInput = async (input) => {
  const before = [...input.files];
  const after = await Promise.all(before.map(shrink));
  if (after.every((file, place) => file === before[place]) || input.files.length !== before.length) return;
  const list = new DataTransfer();
  after.forEach((file) => list.items.add(file));
  input.files = list.files;
  input.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: "shrunk" }));
};
