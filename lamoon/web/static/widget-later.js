/* La Moon chat, Apache-2.0; lit-html, (c) Google LLC, BSD-3-Clause: static/lit-LICENSE.txt */
var{html:e,nothing:t,svg:a}=customElements.get("lamoon-chat").lit;function o(e){let t=[...e.currentTarget.querySelectorAll("button, a")],a=t.indexOf(e.target),o={ArrowDown:a+1,ArrowUp:a-1,Home:0,End:-1}[e.key];void 0!==o&&(e.preventDefault(),t.at(o%t.length).focus())}var r=e=>a`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">${e}</svg>`,n=r(a`<path d="M7 11v9H4v-9Zm0 0 4-7c1.5 0 2.3 1 2 2.5L12.5 9.5H18a2 2 0 0 1 2 2.4l-1.2 6.5a2 2 0 0 1-2 1.6H7"/>`),i=r(a`<path d="M5 19l1-4.5L16.5 4l3.5 3.5L9.5 18ZM14 6.5l3.5 3.5"/>`);function s(e,t){e.fill(t?.text??function(){try{return sessionStorage.getItem("lamoon:draft")??""}catch{return""}}()),e.set({about:t,correcting:!!t,own:0}),e.input.focus()}var l={css:".menu{position:absolute;z-index:2;inset-block-start:calc(100% - 6px);inset-inline-end:12px;min-inline-size:15em;max-block-size:calc(var(--panel) - 4.5em);padding:6px;overflow-y:auto;border:1px solid var(--line);border-radius:14px;background:var(--surface);box-shadow:var(--shadow);list-style:none}.menu :is(button,a){display:block;inline-size:100%;padding:10px 14px;border-radius:10px;text-align:start;text-decoration:none}.menu :is(button,a):hover{background:var(--ground)}.menu :focus-visible{outline-offset:-3px}.cover{position:absolute;inset:0;z-index:3;display:flex;flex-direction:column;justify-content:end;padding:12px 12px max(12px,env(safe-area-inset-bottom));background:#1e140f73;animation:appear .2s}.sheet{max-block-size:100%;padding:20px;overflow-y:auto;border:1px solid var(--line);border-radius:var(--radius);background:var(--surface);box-shadow:var(--shadow);animation:rise .2s ease-out}.sheet form{display:grid;gap:14px}.sheet label{display:grid;gap:4px;font-weight:500}.sheet .tick{grid-template-columns:auto 1fr;gap:10px}.tick input{inline-size:20px;block-size:20px;margin:2px 0;accent-color:var(--accent)}.sheet h3{font-size:1.125em}.sheet [aria-invalid=true]{border:2px solid var(--red-edge)}.problem{color:var(--red-edge)}#field-problem{margin-block-start:-8px}.buttons,.deeds,.correcting{display:flex;flex-wrap:wrap;justify-content:end;gap:10px}.own{order:-1;color:var(--soft)}.own svg{inline-size:20px;block-size:20px}@media(hover:hover){.message:not(:hover,:focus-within) .own{opacity:0}}.deeds{flex-basis:100%}.choice.forget,.choice.remove{border-color:var(--red-edge);background:var(--red-edge);color:var(--on-red)}.thumb{display:grid;place-items:center;flex:none;inline-size:44px;border-radius:50%}.thumb:hover{background:var(--surface)}.thumb.down svg{rotate:180deg}.thumb[aria-pressed=true]{background:var(--accent);color:var(--on-accent)}.why{display:flex;flex-wrap:wrap;gap:8px;scroll-margin:12px}.why label{flex-basis:100%}.thanks{padding-inline:4px;color:var(--soft)}.correcting{flex-basis:100%;align-items:center;justify-content:space-between;padding-inline:6px 2px;font-weight:600}@keyframes appear{0%{opacity:0}}.line{display:flex;align-items:center;justify-content:space-between;gap:8px;border-block-end:1px solid var(--line)}.line .plain{flex:none}.line:last-child{border:0}.bubble :is(ul,ol):has(>.line){padding:0;inline-size:100%}@media(max-height:30em){header{gap:4px;padding-block:max(2px,env(safe-area-inset-top)) 2px}.mark,.heading p{display:none}h2{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.log{padding-block:8px}.below{min-block-size:26px;font-size:.875em;line-height:1}.composer{padding-block:4px max(4px,env(safe-area-inset-bottom))}#input{max-block-size:5em}.cover{padding:6px}.sheet{padding:12px}}@media(forced-colors:active){.thumb[aria-pressed=true]{background:Highlight;color:HighlightText;forced-color-adjust:none}}",words:{cancel:"Cancel",restart:"Start over",restartSure:"Start over? What was said goes out of sight, a half-made booking is dropped.",transcript:"Download the conversation",leaveSure:"The team keeps what you write here, to get back to you.",name:"Your name",contact:"Phone or e-mail",forget:"Delete my data",forgetSure:"Delete this conversation, here and at the studio? This cannot be undone. A booking request stays with the team unless you withdraw it too. E-mails to the team have to be deleted there.",withdraw:"Also withdraw a booking request that I sent",deleted:"Your conversation is deleted.",up:"This helped",down:"This did not help",thanks:"Thank you.",why:"Would you like to say why?",own:"Edit or delete this message",edit:"Edit",editing:"Correct your message",remove:"Delete this message",removeShort:"Delete",removeSure:"Its words are taken out here and at the studio, and where a reply or a request repeats them. This cannot be undone."},menu:function(a){let{words:r}=a,n=(t,a)=>e`<li><button type="button" @click=${a}>${t}</button></li>`;return e`<ul class="menu" aria-labelledby="more" @keydown=${o}>
${n(r.restart,()=>a.ask("restart"))}
${a.conversation.begun?n(r.transcript,()=>{!async function(e){e.set({menu:!1}),e.find("#more").focus();try{let t=URL.createObjectURL(await e.conversation.gateway.transcript());Object.assign(document.createElement("a"),{href:t,download:"chat.txt"}).click(),setTimeout(()=>URL.revokeObjectURL(t),8e3)}catch(t){e.notice(t.message||e.words.failed)}}(a)}):t}
${n(r.leave,()=>a.ask("leave"))}
${n(r.forget,()=>a.ask("forget"))}
${a.privacy?e`<li>${function(t,a){return e`<a href=${t} target=${t.startsWith("http")?"_blank":"_self"} rel="noopener noreferrer">${a}</a>`}(a.privacy,r.privacy)}</li>`:t}
</ul>`},sheet:function(a){let{words:o}=a,{busy:r,problem:n}=a.state,i=a.state.question;return e`<div class="cover">
<div class="sheet" role="dialog" aria-labelledby="question" tabindex="-1">
<form @submit=${e=>{!async function(e,t){t.preventDefault(),e.set({busy:!0,problem:null});try{await async function(e,t){let{conversation:a,words:o}=e;switch(e.state.question){case"restart":return a.restart();case"remove":return a.withdraw(e.state.about);case"forget":return await a.forget(t.has("withdraw")),e.forgetDraft(),e.notice(o.deleted);default:return a.tellTeam(Object.fromEntries(t))}}(e,new FormData(t.target)),e.dismiss()}catch(t){let{status:a=0,message:o}=t,r="leave"===e.state.question?{413:"text",422:"contact"}[a]:void 0;await e.set({problem:{text:o||e.words.failed,field:r}}),r&&e.find(`.sheet [name=${r}]`).focus()}finally{e.set({busy:!1})}}(a,e)}}>
<h3 id="question">${o[i]}</h3>
<p>${o[`${i}Sure`]}</p>
${"leave"===i?function(a){let{words:o}=a;return["name","contact","text"].map(r=>{let n=a.state.problem?.field===r?a.state.problem.text:"",i=n?"field-problem":t,s={name:o.name,contact:o.contact,text:o.message}[r];return e`<label>
${s}
${"text"===r?e`<textarea name="text" required rows="3" aria-invalid=${!!n} aria-describedby=${i}></textarea>`:e`<input
name=${r}
required
maxlength=${"name"===r?80:200}
autocomplete=${"name"===r?"name":"email"}
aria-invalid=${!!n}
aria-describedby=${i}
/>`}
</label>
${n?e`<p id="field-problem" class="problem" role="alert">${n}</p>`:t}`})}(a):t}
${"forget"===i?e`<label class="tick"><input type="checkbox" name="withdraw" />${o.withdraw}</label>`:t}
${n&&!n.field?e`<p class="problem" role="alert">${n.text}</p>`:t}
<p class="buttons">
<button class="choice" type="button" @click=${a.dismiss}>${o.cancel}</button>
<button class="choice main ${i}" type="submit" ?disabled=${r}>${"leave"===i?o.send:o[i]}</button>
</p>
</form>
</div>
</div>`},thumbs:function(t,a){let{words:o,conversation:r}=t;return["up","down"].map(i=>{let s=a.feedback===i;return e`<button type="button" class="thumb ${i}" aria-label=${o[i]} title=${o[i]} aria-pressed=${s} @click=${()=>{r.vote(a,s?null:i,null),t.set({rated:{id:s?0:a.id,told:!1}}).then(()=>t.find(".why")?.scrollIntoView({block:"nearest"}))}}>${n}</button>`})},thanks:function(t,a){let{words:o,conversation:r}=t;return t.state.rated.told?e`<p class="thanks" role="status">${o.thanks}</p>`:e`<form class="why" @submit=${e=>{e.preventDefault();let o=String(new FormData(e.target).get("word")).trim();t.set({rated:{id:a.id,told:!0}}),o&&r.vote(a,a.feedback,o),t.focusInput()}}>
<label for="why">${o.thanks} ${o.why}</label>
<input id="why" name="word" maxlength="300" autocomplete="off" />
<button class="choice" type="submit">${o.send}</button>
</form>`},own:function(a,o){let{words:r}=a,n=a.state.own===o.id;return void 0===o.text?t:e`<button class="own round" type="button" aria-label=${r.own} title=${r.own} aria-expanded=${n} @click=${()=>a.set({own:n?0:o.id})}>
${i}
</button>
${n?function(t,a){let{words:o}=t;return e`<p class="deeds">
<button class="choice" type="button" @click=${()=>s(t,a)}>${o.edit}</button>
<button class="choice" type="button" aria-label=${o.remove} @click=${()=>t.ask("remove",a)}>${o.removeShort}</button>
</p>`}(a,o):t}`},correct:s,correcting:function(t){let{words:a}=t;return e`<p class="correcting">
${a.editing}
<button class="plain" type="button" @click=${()=>s(t,null)}>${a.cancel}</button>
</p>`}};export{l as default};
