// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package disguise

// The ways to write a letter, set apart by spaces. They are written down here once more, apart from the decoder's own
// tables, so that a row that goes missing there is noticed.

var homoglyphs = map[rune]string{
	'a': "а α", 'b': "Ь Ƅ", 'c': "с ϲ", 'd': "ԁ ⅾ", 'e': "е ҽ", 'g': "ɡ ց", 'h': "һ հ", 'i': "і ι", 'j': "ј ϳ", 'k': "κ к",
	'l': "ӏ ⅼ", 'm': "м ⅿ", 'n': "ո п", 'o': "о ο օ", 'p': "р ρ", 'q': "ԛ զ", 'r': "г ᴦ", 's': "ѕ ꜱ", 't': "т τ", 'u': "υ ս",
	'v': "ν ѵ", 'w': "ԝ ѡ", 'x': "х ⅹ", 'y': "у ү", 'z': "ᴢ",
}

var smallCapitals = map[rune]string{
	'a': "ᴀ", 'b': "ʙ", 'c': "ᴄ", 'd': "ᴅ", 'e': "ᴇ", 'f': "ꜰ", 'g': "ɢ", 'h': "ʜ", 'i': "ɪ", 'j': "ᴊ", 'k': "ᴋ", 'l': "ʟ",
	'm': "ᴍ", 'n': "ɴ", 'o': "ᴏ", 'p': "ᴘ", 'r': "ʀ", 's': "ꜱ", 't': "ᴛ", 'u': "ᴜ", 'v': "ᴠ", 'w': "ᴡ", 'y': "ʏ", 'z': "ᴢ",
}

var latinForCyrillic = map[rune]string{
	'а': "a", 'е': "e", 'о': "o", 'р': "p", 'с': "c", 'у': "y", 'х': "x", 'к': "k K", 'м': "M", 'н': "H", 'т': "T", 'в': "B",
}

var leet = map[rune]string{
	'a': "4 @", 'b': "8 6", 'e': "3 €", 'g': "9 6", 'i': "1 ! |", 'l': "1 | £", 'o': "0", 's': "5 $", 't': "7 +", 'u': "_", 'z': "2",
}

var leetLong = map[rune]string{
	'b': "|3", 'c': "(", 'd': "|)", 'f': "ph", 'h': "|-|", 'k': "|<", 'm': `|\/| /\/\`, 'n': `|\|`, 'o': "()", 'u': "|_|",
	'v': `\/`, 'w': `\/\/ vv`, 'x': "><",
}

var presentation = map[rune]string{
	'ا': "ﺍ ﺎ", 'ب': "ﺑ ﺒ", 'ت': "ﺗ ﺘ", 'ج': "ﺟ ﺠ", 'ح': "ﺣ ﺤ", 'د': "ﺩ ﺪ", 'ر': "ﺭ ﺮ", 'س': "ﺳ ﺴ", 'ش': "ﺷ ﺸ", 'ص': "ﺻ ﺼ",
	'ط': "ﻃ ﻄ", 'ع': "ﻋ ﻌ", 'ف': "ﻓ ﻔ", 'ق': "ﻗ ﻘ", 'ك': "ﻛ ﻜ", 'ل': "ﻟ ﻠ", 'م': "ﻣ ﻤ", 'ن': "ﻧ ﻨ", 'ه': "ﻫ ﻬ", 'و': "ﻭ ﻮ",
	'ي': "ﻳ ﻴ", 'ز': "ﺯ ﺰ", 'ة': "ﺓ ﺔ", 'خ': "ﺧ ﺨ", 'ض': "ﺿ ﻀ",
}
