// The picture of a wall is taken by a script of its own: only an enrolled wall loads it.

const BASE = document.documentElement.dataset.base ?? "";
const SCRIPT = BASE + "/wall-picture.mjs";

/** Whether nobody can see the page: the display is locked or dark, or something lies over it. */
export function isHidden() {
  return document.hidden;
}

/** Takes a picture of the wall and gives it to the server. Fails where one of both cannot be done now. */
export async function sendPicture(scene, sidePx, bytes) {
  const { take } = await import(SCRIPT);
  const picture = await take(document.querySelector("main.wall"), sidePx, bytes);
  const address = `${BASE}/api/v1/screens/me/picture?scene=${encodeURIComponent(scene)}`;
  const answer = await fetch(address, { method: "PUT", body: picture, headers: { "content-type": picture.type } });
  if (!answer.ok) throw new Error(`the picture was not taken: ${answer.status}`);
}
