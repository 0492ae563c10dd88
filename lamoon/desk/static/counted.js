// Counts characters; a text that is too long is not sent and not cut off. The field's data-most is the limit.
for (const field of document.querySelectorAll("[data-most]")) {
  const most = Number(field.dataset.most);
  const count = Object.assign(document.createElement("p"), { className: "soft", role: "status" });
  field.form.append(count);
  const look = () => {
    const length = [...field.value].length;
    const over = length - most;
    field.setCustomValidity(over > 0 ? `Too long by ${over} characters. Please shorten it, or send it in parts.` : "");
    count.textContent = length > most * 0.9 ? `${length} of ${most} characters` : "";
  };
  field.addEventListener("input", look);
  look();
}
