// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow_test

import (
	"math/rand/v2"
	"strings"
)

// words are neutral words of three scripts; with their endings they are about as many as people use.
var words = map[string]struct{ stems, endings, small []string }{
	"latin": {
		strings.Fields(`garden kettle bridge kitchen river weather window harvest bread lantern orchard cellar
			teapot meadow blanket ladder basket chimney autumn morning thunder sparrow pebble willow copper
			butter carpet drizzle feather ginger hammer island jacket lemon marble needle oven pillow quilt
			raisin saddle table umbrella valley walnut yellow zigzag apple barley cinnamon dough elbow`),
		strings.Fields("s ed ing er like ish less side y let ful en wards most ling ry ern wise room work"),
		strings.Fields("the a of by in and under near with on is was"),
	},
	"arabic": {
		strings.Fields(`حديقة مطبخ جسر نهر مطر خبز صباح شجرة هواء باب نافذة إبريق شاي زيتون ليمون تفاح غيمة
			جبل وادي طريق بيت سقف جدار كرسي طاولة مصباح كتاب قلم ورقة زهرة عصفور بحيرة سوق ملح سكر عسل قهوة
			قارب شراع حقل قمح رياح ثلج ربيع خريف صيف شتاء نجمة قمر شمس`),
		strings.Fields("ات ي ها هم نا ة ان ين ية كم ون تين هن وا ائي اوي"),
		strings.Fields("في على مع ثم تحت فوق هذا من إلى كان"),
	},
	"cyrillic": {
		strings.Fields(`сад чайник мост река дождь хлеб утро дерево ветер дверь окно лимон яблоко облако гора
			долина дорога дом крыша стена стул стол лампа книга перо бумага цветок воробей озеро рынок соль
			сахар мёд
			кофе лодка парус поле пшеница снег весна осень лето зима звезда луна
			солнце печь подушка одеяло ковёр`),
		strings.Fields("ик ный ом ка ами ский ость ение овый ами ах ою ек ушка ище ник"),
		strings.Fields("в на под и с из от над был за"),
	},
}

var scripts = []string{"latin", "arabic", "cyrillic"}

// word is a small word, or one of several thousand made of a stem and two endings, now and then with a comma.
func word(random *rand.Rand, script string) string {
	w := words[script]
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	if random.IntN(4) == 0 {
		return pick(w.small)
	}
	made := pick(w.stems)
	for range random.IntN(3) {
		made += pick(w.endings)
	}
	if random.IntN(12) == 0 {
		made += ","
	}
	return made
}

// prose is neutral text of at least the given number of bytes.
func prose(random *rand.Rand, script string, size int) string {
	var b strings.Builder
	for b.Len() < size {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word(random, script))
	}
	return b.String()
}

// edit replaces a share of the words.
func edit(random *rand.Rand, script, text string, share float64) string {
	all := strings.Fields(text)
	for _, i := range random.Perm(len(all))[:int(share*float64(len(all))+.5)] {
		all[i] = word(random, script)
	}
	return strings.Join(all, " ")
}
