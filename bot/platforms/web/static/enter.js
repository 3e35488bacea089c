// The token goes from the address into the form. The page itself spends nothing, so a messenger
// that peeks into the link for a preview does not use it up.

const token = new URLSearchParams(location.search).get("token") ?? "";
document.getElementById("token").value = token;
document.getElementById("enter").hidden = !token;
document.getElementById("broken").hidden = Boolean(token);
if (token) document.querySelector("button").focus();
