// Reads a QR code or a barcode with the camera, by the browser's own reader. Pictures stay in this page: they
// are looked at and thrown away.

// The codes that dossiers carry: on receipts, and on labels of older files.
const FORMATS = ["qr_code", "code_128", "code_39", "ean_13", "data_matrix", "pdf417"];
// How often a picture is looked at: a hand holds a paper still for longer.
const EVERY_MS = 200;

let running = null;

/** Whether this browser can read codes, and whether this page may use a camera. */
export async function ability() {
  if (!("BarcodeDetector" in globalThis)) return "no-detector";
  try {
    const known = await BarcodeDetector.getSupportedFormats();
    if (!FORMATS.some((format) => known.includes(format))) return "no-detector";
  } catch {
    return "no-detector";
  }
  return navigator.mediaDevices?.getUserMedia ? "ready" : "no-camera";
}

/** Gives the camera back. */
export function stop() {
  running?.();
  running = null;
}

/** Shows the camera in `video` until a code is read. Fails with a name: of the browser's error, or `stopped`. */
export async function scan(video) {
  stop();
  let isOver = false;
  let stream = null;
  const mine = () => {
    isOver = true;
    stream?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  running = mine;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    if (isOver) {
      stream.getTracks().forEach((track) => track.stop());
      throw new DOMException("", "stopped");
    }
    video.srcObject = stream;
    await video.play();
    const known = await BarcodeDetector.getSupportedFormats();
    const reader = new BarcodeDetector({ formats: FORMATS.filter((format) => known.includes(format)) });
    while (!isOver) {
      const [found] = await reader.detect(video);
      if (found?.rawValue?.trim()) return found.rawValue.trim();
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    throw new DOMException("", "stopped");
  } catch (error) {
    throw isOver ? "stopped" : error.name;
  } finally {
    mine();
    if (running === mine) running = null;
  }
}
