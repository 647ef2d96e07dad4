// Makes the name of each rule, `r[a.b]` at the start of a paragraph, a place to link to.
for (const paragraph of document.querySelectorAll("main p")) {
    const text = paragraph.firstChild;
    const found = text?.nodeType === Node.TEXT_NODE && /^r\[([^\]]+)\]\s*/.exec(text.data);
    if (found) {
        text.data = text.data.slice(found[0].length);
        const name = document.createElement("a");
        name.id = "r-" + found[1];
        name.className = "rule";
        name.href = "#" + name.id;
        name.textContent = found[1];
        paragraph.prepend(name);
    }
}
if (location.hash.startsWith("#r-")) {
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}
