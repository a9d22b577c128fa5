"""Draws the hosted payment page in the seven languages of the shop: plain HTML and CSS, no script.

Each function takes a session as psp.py keeps it and returns a whole page. Card fields have no name, so a browser
never sends what stands in them.
"""

from __future__ import annotations

from html import escape

from demo.sandbox.values import Document

_KEYS = (
    "test", "title", "heading", "amount", "order", "lines",
    "card", "expiry", "cvc", "holder", "hint",
    "approve", "others", "challenge", "decline", "abandon",
    "ch_heading", "ch_text", "code", "confirm", "wrong", "back",
    "paid", "failed", "cancelled", "expired", "missing", "shop",
)  # fmt: skip
_LANGUAGES = {
    "en": (
        "Test payment provider: no money moves, and nothing you type is kept.",
        "Payment", "Pay for your order", "Amount to pay", "Order number", "What you pay for",
        "Card number", "Expiry date", "Security code", "Name on card", "A test card is already filled in.",
        "Pay {amount}", "Try another outcome", "Pay with a code from the bank", "Have the card declined",
        "Return to the shop without paying",
        "Confirm with your bank",
        "For a real payment, the bank sends this code by text message. In this test, here it is:",
        "Confirmation code", "Confirm the payment", "That code is not right. Attempts left: {left}.",
        "Back to the payment",
        "This payment is complete.", "This payment was declined. Nothing was charged.",
        "This payment was cancelled. Nothing was charged.",
        "This payment page has expired. Nothing was charged.",
        "There is no such payment.", "Back to the shop",
    ),
    "zh-hans": (
        "测试支付服务：不会实际扣款，您输入的内容也不会被保存。",
        "支付", "支付您的订单", "应付金额", "订单号", "付款明细",
        "卡号", "有效期", "安全码", "持卡人姓名", "已为您填好测试卡。",
        "支付 {amount}", "试试其他结果", "使用银行验证码支付", "模拟银行卡被拒",
        "不付款，返回商店",
        "银行验证", "真实付款时，银行会通过短信发送此验证码。本次为测试，验证码如下：",
        "验证码", "确认支付", "验证码不正确。剩余尝试次数：{left}。", "返回支付页面",
        "这笔付款已完成。", "这笔付款被拒绝，未扣款。",
        "这笔付款已取消，未扣款。", "此支付页面已过期，未扣款。",
        "找不到这笔付款。", "返回商店",
    ),
    "ja": (
        "テスト用の決済サービスです。実際の請求は発生せず、入力内容も保存されません。",
        "お支払い", "ご注文のお支払い", "お支払い金額", "注文番号", "お支払いの内訳",
        "カード番号", "有効期限", "セキュリティコード", "カード名義人", "テスト用のカードが入力済みです。",
        "{amount} を支払う", "ほかの結果を試す", "銀行の確認コードで支払う", "カードの拒否を試す",
        "支払わずにショップへ戻る",
        "銀行による本人確認", "実際のお支払いでは、銀行がこのコードを SMS で送ります。テストのため、ここに表示します。",
        "確認コード", "支払いを確定する", "コードが正しくありません。残りの入力回数：{left} 回。", "お支払い画面に戻る",
        "このお支払いは完了しています。", "このお支払いは承認されませんでした。請求は発生していません。",
        "このお支払いは取り消されました。請求は発生していません。",
        "このお支払い画面は有効期限が切れました。請求は発生していません。",
        "該当するお支払いが見つかりません。", "ショップに戻る",
    ),
    "ar": (
        "مزوّد دفع تجريبي: لا يُخصم أي مبلغ، ولا يُحفظ شيء مما تكتبه.",
        "الدفع", "ادفع ثمن طلبك", "المبلغ المستحق", "رقم الطلب", "تفاصيل الدفع",
        "رقم البطاقة", "تاريخ الانتهاء", "رمز الأمان", "الاسم على البطاقة",
        "بيانات بطاقة تجريبية مُدخلة مسبقًا.",
        "ادفع {amount}", "جرّب نتيجة أخرى", "ادفع برمز تأكيد من البنك", "جرّب رفض البطاقة",
        "العودة إلى المتجر دون دفع",
        "أكّد الدفع لدى بنكك",
        "في الدفع الحقيقي يرسل البنك هذا الرمز في رسالة نصية. ولأن هذا اختبار، نعرضه هنا:",
        "رمز التأكيد", "تأكيد الدفع", "الرمز غير صحيح. المحاولات المتبقية: {left}.", "العودة إلى صفحة الدفع",
        "اكتملت عملية الدفع هذه.", "رُفضت عملية الدفع هذه ولم يُخصم أي مبلغ.",
        "أُلغيت عملية الدفع هذه ولم يُخصم أي مبلغ.", "انتهت صلاحية صفحة الدفع هذه ولم يُخصم أي مبلغ.",
        "عملية الدفع هذه غير موجودة.", "العودة إلى المتجر",
    ),
    "de": (
        "Test-Zahlungsdienst: Es fließt kein Geld, und Ihre Eingaben werden nicht gespeichert.",
        "Zahlung", "Bestellung bezahlen", "Zu zahlender Betrag", "Bestellnummer", "Das bezahlen Sie",
        "Kartennummer", "Gültig bis", "Prüfnummer", "Name auf der Karte",
        "Eine Testkarte ist bereits eingetragen.",
        "{amount} bezahlen", "Einen anderen Ausgang ausprobieren", "Mit einem Code der Bank bezahlen",
        "Karte ablehnen lassen", "Ohne Zahlung zurück zum Shop",
        "Bei Ihrer Bank bestätigen",
        "Bei einer echten Zahlung schickt die Bank diesen Code per SMS. In diesem Test steht er hier:",
        "Bestätigungscode", "Zahlung bestätigen", "Der Code stimmt nicht. Verbleibende Versuche: {left}.",
        "Zurück zur Zahlung",
        "Diese Zahlung ist abgeschlossen.", "Diese Zahlung wurde abgelehnt. Es wurde nichts abgebucht.",
        "Diese Zahlung wurde storniert. Es wurde nichts abgebucht.",
        "Diese Zahlungsseite ist abgelaufen. Es wurde nichts abgebucht.",
        "Diese Zahlung gibt es nicht.", "Zurück zum Shop",
    ),
    "fr": (
        "Prestataire de paiement de test : rien n’est débité et rien de ce que vous saisissez n’est conservé.",
        "Paiement", "Payer votre commande", "Montant à payer", "Numéro de commande", "Détail du paiement",
        "Numéro de carte", "Date d’expiration", "Cryptogramme", "Nom sur la carte",
        "Une carte de test est déjà saisie.",
        "Payer {amount}", "Essayer une autre issue", "Payer avec un code de la banque",
        "Faire refuser la carte",
        "Retourner à la boutique sans payer",
        "Confirmer auprès de votre banque",
        "Pour un vrai paiement, la banque envoie ce code par SMS. Pour ce test, le voici :",
        "Code de confirmation", "Confirmer le paiement", "Ce code est incorrect. Essais restants : {left}.",
        "Retour au paiement",
        "Ce paiement est terminé.", "Ce paiement a été refusé. Rien n’a été débité.",
        "Ce paiement a été annulé. Rien n’a été débité.",
        "Cette page de paiement a expiré. Rien n’a été débité.",
        "Ce paiement n’existe pas.", "Retour à la boutique",
    ),
    "es": (
        "Proveedor de pago de prueba: no se cobra nada y no se guarda nada de lo que escriba.",
        "Pago", "Pague su pedido", "Importe a pagar", "Número de pedido", "Detalle del pago",
        "Número de tarjeta", "Fecha de caducidad", "Código de seguridad", "Nombre en la tarjeta",
        "Ya hay una tarjeta de prueba introducida.",
        "Pagar {amount}", "Probar otro resultado", "Pagar con un código del banco",
        "Hacer que se rechace la tarjeta",
        "Volver a la tienda sin pagar",
        "Confirme con su banco",
        "En un pago real, el banco envía este código por SMS. En esta prueba, aquí lo tiene:",
        "Código de confirmación", "Confirmar el pago",
        "El código no es correcto. Intentos restantes: {left}.", "Volver al pago",
        "Este pago se ha completado.", "Este pago fue rechazado. No se ha cobrado nada.",
        "Este pago se canceló. No se ha cobrado nada.",
        "Esta página de pago ha caducado. No se ha cobrado nada.",
        "Este pago no existe.", "Volver a la tienda",
    ),
}  # fmt: skip
_TEXTS = {language: dict(zip(_KEYS, texts, strict=True)) for language, texts in _LANGUAGES.items()}
_MARKS = {"de": (".", ","), "fr": ("\u202f", ","), "es": (".", ",")}  # group and decimal marks; else "," and "."

CSS = """
:root { color-scheme: light dark; --ink: light-dark(#16202c, #e8edf3); --soft: light-dark(#566273, #a5b1c0);
  --page: light-dark(#eef1f5, #10161d); --card: light-dark(#fff, #19222c); --line: light-dark(#c9d1db, #36424f);
  --act: light-dark(#1f4fd8, #8fb0ff); --on-act: light-dark(#fff, #0d1a3a); --tape: light-dark(#fff3c9, #3b3111);
  --tape-ink: light-dark(#5b4300, #ffe08a); --bad: light-dark(#b3261e, #ffb4ab) }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, "Noto Sans", sans-serif;
  overflow-wrap: anywhere }
:lang(ar) body, body:lang(ar) { font-family: "Noto Sans Arabic", system-ui, sans-serif }
body:lang(ja) { font-family: system-ui, "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", sans-serif }
body:lang(zh-Hans) { font-family: system-ui, "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", sans-serif }
.tape { margin: 0; padding: .75rem 1rem; background: var(--tape); color: var(--tape-ink); text-align: center;
  font-weight: 600 }
header { max-inline-size: 60rem; margin-inline: auto; padding: 1.5rem 1rem 0; font-weight: 800; letter-spacing: -.01em;
  color: var(--act) }
main { max-inline-size: 60rem; margin-inline: auto; padding: .5rem 1rem 3rem; display: grid; gap: 1.25rem }
.column { display: grid; gap: 1.25rem; min-inline-size: 0 }
main > h1 { margin: 0; font-size: clamp(1.4rem, 1.1rem + 1.5vw, 2rem); line-height: 1.25 }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem;
  min-inline-size: 0 }
section > p:first-child { margin-block-start: 0 }
section.plain { background: none; border: 0; padding: 0 }
h2 { margin: 0 0 .75rem; font-size: 1rem }
h2.label { margin: 1.25rem 0 0 }
h2.label + dl { margin-block-start: .4rem }
.amount { margin: 0; font-size: clamp(1.6rem, 1.2rem + 2vw, 2.25rem); font-weight: 700;
  font-variant-numeric: tabular-nums }
.label, .hint { color: var(--soft); margin: 0 }
dl { display: grid; gap: .25rem; margin: 1rem 0 0 }
dl div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1rem; padding-block: .4rem;
  border-block-start: 1px solid var(--line) }
dd { margin-block: 0; margin-inline: auto 0; font-variant-numeric: tabular-nums }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin-block: 1rem }
.fields label, form label { display: grid; gap: .3rem; font-weight: 600; align-content: end; min-inline-size: 0 }
.wide { grid-column: 1 / -1 }
input { inline-size: 100%; min-inline-size: 0; min-block-size: 2.9rem; padding: .5rem .75rem; font: inherit;
  color: inherit; background: var(--page); border: 1px solid var(--soft); border-radius: .5rem }
.fields input { direction: ltr }
[dir="rtl"] .fields input { text-align: end }
button, .button { display: flex; align-items: center; justify-content: center; inline-size: 100%; min-block-size: 3rem;
  padding: .6rem 1rem; font: inherit; font-weight: 600; text-align: center; color: var(--act); text-decoration: none;
  background: transparent; border: 1px solid var(--act); border-radius: .5rem; cursor: pointer }
.fields input { font-weight: 400 }
.main { color: var(--on-act); background: var(--act); font-size: 1.1rem }
button:hover, .button:hover { filter: brightness(1.1) }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px }
.others { display: grid; gap: .75rem }
.code { margin: 1rem 0; font: 700 2rem/1.2 ui-monospace, monospace; letter-spacing: .15em; text-align: center }
form + .button, p + .button, .error + form { margin-block-start: 1rem }
form.stack { display: grid; gap: 1rem }
.error { color: var(--bad); font-weight: 600 }
@media (min-width: 48rem) {
  main.two { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); align-items: start }
  main.two > h1 { grid-column: 1 / -1 }
  main.one { max-inline-size: 34rem }
}
"""


def headers(targets: list[str]) -> dict[str, str]:
    """The policy of a page: nothing but its own style sheet, and forms that may end at `targets` (origins)."""
    policy = f"default-src 'none'; style-src 'self'; form-action 'self' {' '.join(targets)}"
    return {
        "Content-Security-Policy": policy.strip() + "; base-uri 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


def card(session: Document) -> str:
    """The open session: what is paid for, the card, and the ways in which the test may end."""
    texts, language = _texts(session["language"])
    amount = _money(session["amount"], language)
    body = f"""
<main class="two"><h1>{escape(texts["heading"])}</h1>
<section><p class="label">{escape(texts["amount"])}</p><p class="amount" data-testid="pay-amount">{amount}</p>
<dl><div><dt>{escape(texts["order"])}</dt><dd><bdi dir="ltr">{escape(session["reference"])}</bdi></dd></div></dl>
{_details(session, texts, language)}</section>
<div class="column"><section><p class="hint">{escape(texts["hint"])}</p>
<div class="fields">{_field(texts["card"], "4000 0000 0000 0000", "wide")}{_field(texts["expiry"], "12 / 34")}
{_field(texts["cvc"], "123")}{_field(texts["holder"], "TEST CARD", "wide")}</div>
{_button(session, "approve", escape(texts["approve"]).replace("{amount}", amount), "main")}</section>
<section><h2>{escape(texts["others"])}</h2><div class="others">
{_button(session, "challenge", escape(texts["challenge"]))}{_button(session, "decline", escape(texts["decline"]))}
</div></section>
<section class="plain">{_button(session, "abandon", escape(texts["abandon"]))}</section></div></main>"""
    return _document(language, texts, body)


def challenge(session: Document, *, wrong: bool = False) -> str:
    """The bank's question for the code that the page itself shows."""
    texts, language = _texts(session["language"])
    asked = session["challenge"]
    error = escape(texts["wrong"]).replace("{left}", str(asked["left"]))
    body = f"""
<main class="one"><h1>{escape(texts["ch_heading"])}</h1>
<section><p class="label">{escape(texts["amount"])}</p>
<p class="amount" data-testid="pay-amount">{_money(session["amount"], language)}</p></section>
<section><p>{escape(texts["ch_text"])}</p>
<p class="code" data-testid="pay-code-shown"><bdi dir="ltr">{asked["code"]}</bdi></p>
{f'<p class="error" role="alert" id="error">{error}</p>' if wrong else ""}
<form class="stack" method="post" action="/psp/pay/{session["id"]}/confirm"><label>{escape(texts["code"])}
<input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="6" required dir="ltr"
 data-testid="pay-code"{' aria-invalid="true" aria-describedby="error"' if wrong else ""}></label>
<button class="main" data-testid="pay-confirm">{escape(texts["confirm"])}</button></form>
<a class="button" href="/psp/pay/{session["id"]}">{escape(texts["back"])}</a></section></main>"""
    return _document(language, texts, body)


def notice(session: Document, back: str) -> str:
    """What became of a session that is no longer open."""
    texts, language = _texts(session["language"])
    body = f"""
<main class="one"><h1 data-testid="pay-status">{escape(texts[session["status"]])}</h1>
<section><p class="amount" data-testid="pay-amount">{_money(session["amount"], language)}</p>
<p class="label">{escape(texts["order"])} <bdi dir="ltr">{escape(session["reference"])}</bdi></p>
<a class="button main" href="{escape(back)}" data-testid="pay-return">{escape(texts["shop"])}</a></section></main>"""
    return _document(language, texts, body)


def missing(accepted: str) -> str:
    """The page for an address without a session; `accepted` is the browser's Accept-Language."""
    texts, language = _texts("zh-hans" if accepted.lower().startswith("zh") else accepted[:2].lower())
    return _document(language, texts, f'<main class="one"><h1>{escape(texts["missing"])}</h1></main>')


def _texts(language: str) -> tuple[dict[str, str], str]:
    language = language.lower() if language.lower() in _TEXTS else "en"
    return _TEXTS[language], language


def _money(amount: Document, language: str) -> str:
    """The amount with its ISO code, marks as the language writes them, kept together in right-to-left text."""
    group, decimal = _MARKS.get(language, (",", "."))
    whole, _, part = amount["value"].partition(".")
    number = f"{int(whole):,}".replace(",", group) + (decimal + part if part else "")
    text = f"{number}\xa0{amount['currency']}" if language in _MARKS else f"{amount['currency']}\xa0{number}"
    return f'<bdi dir="ltr">{text}</bdi>'


def _details(session: Document, texts: dict[str, str], language: str) -> str:
    rows = "".join(
        f"<div><dt>{escape(line['description'])}</dt><dd>{_money(line['amount'], language)}</dd></div>"
        for line in session["lines"]
    )
    return f'<h2 class="label">{escape(texts["lines"])}</h2><dl>{rows}</dl>' if rows else ""


def _field(label: str, value: str, kind: str = "") -> str:
    return f'<label class="{kind}">{escape(label)}<input value="{value}" autocomplete="off" readonly></label>'


def _button(session: Document, decision: str, label: str, kind: str = "") -> str:
    action = f"/psp/pay/{session['id']}/{decision}"
    return (
        f'<form method="post" action="{action}"><button class="{kind}" data-testid="pay-{decision}">'
        f"<span>{label}</span></button></form>"
    )


def _document(language: str, texts: dict[str, str], body: str) -> str:
    tag, direction = language.replace("hans", "Hans"), "rtl" if language == "ar" else "ltr"
    return f"""<!doctype html>
<html lang="{tag}" dir="{direction}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>{escape(texts["title"])}</title><link rel="stylesheet" href="/psp/page.css"></head>
<body><p class="tape" data-testid="pay-test-notice">{escape(texts["test"])}</p>
<header><bdi dir="ltr">Sandbox Pay</bdi></header>{body}
</body></html>"""
