"""How often and how fast a rough name finds the record meant, among a million names of a language.

The names are generated, from a seed, in two styles a language: "crowded" ones are combinations of
few hundred words, "coined" ones have words that nobody else has. Queries are names with one or two
typos, often without their legal form, sometimes with words exchanged. The peer is rapidfuzz's
`WRatio` over all names; as it takes a second each, it answers the first queries only.

`--data` takes a folder with `names.txt`, a name a line, and `queries.csv` with `query` and `name`.
"""

import argparse
import csv
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table

from crm_core.names import NameIndex


def _words(text: str, between: str = " ") -> list[str]:
    return text.split(between)


ALPHABET = "abcdefghijklmnopqrstuvwxyz"
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
FIRST = _words(
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara "
    "Richard Susan Joseph Jessica Thomas Sarah Charles Lisa Daniel Nancy Matthew Betty Anthony "
    "Sandra Mark Margaret Donald Ashley Steven Kimberly Andrew Emily Paul Donna Joshua Michelle "
    "Kenneth Carol Kevin Amanda Brian Melissa George Deborah Timothy Stephanie Ronald Rebecca "
    "Jason Sharon Edward Laura Ryan Cynthia Jacob Kathleen Gary Amy Nicholas Angela Eric Shirley "
    "Jonathan Anna Hans Greta Jürgen François Élodie Luca Giulia Mateo Lucía Björn Astrid Piotr "
    "Agnieszka Kenji Yuki Priya Arjun Omar Leila"
)
SURNAMES = _words(
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Wilson "
    "Anderson Thomas Taylor Moore Jackson Martin Lee Thompson White Harris Clark Lewis Robinson "
    "Walker Young Allen King Wright Scott Nguyen Hill Flores Green Adams Nelson Baker Hall "
    "Campbell Mitchell Carter Roberts Phillips Evans Turner Parker Collins Stewart Morris Murphy "
    "Cook Rogers Morgan Cooper Peterson Bailey Reed Kelly Howard Cox Ward Schmidt Schneider "
    "Fischer Weber Wagner Becker Dubois Durand Moreau Laurent Rossi Russo Ferrari Bianchi "
    "Andersson Johansson Hansen Olsen Kowalski Nowak Novak Sato Suzuki Tanaka Silva Santos "
    "O'Brien McCarthy"
)
STEMS = _words(
    "Ash Black Brad Brook Burn Carl Chat Clay Cran Dal Elm Fair Far Glen Green Hal Hart Hazel "
    "Kings Lang Lin Mar Mel Mill New North Oak Old Pem Pres Red Rose Rush Shel Spring Stan Stock "
    "Strat Thorn Wal War Wel West Whit Win Wood Wyn"
)
ENDINGS = _words(
    "berg borough bridge brook burn bury by cliff cott cove dale den field ford gate ham hurst "
    "land leigh ley man more port ridge shaw side stead ston ton view ville water wick worth"
)
ADJECTIVES = _words(
    "Blue Red Golden Silver Green Bright Grand Royal United Global National First Prime Superior "
    "Advanced Modern Classic Dynamic Allied Atlantic Pacific Northern Southern Eastern Western "
    "Central Coastal Alpine Arctic Summit Pioneer Heritage Liberty Noble Crystal Diamond Iron "
    "Steel Quantum Digital Rapid Smart Precision Sterling Apex Zenith Nova Stellar Lunar Solar "
    "Falcon Eagle Beacon"
)
TRADES = _words(
    "Consulting|Logistics|Foods|Software|Systems|Solutions|Technologies|Engineering|Design|"
    "Construction|Marketing|Media|Capital|Partners|Ventures|Medical Supply|Healthcare|Dental Care|"
    "Insurance|Realty|Properties|Builders|Plumbing|Electric|Roofing|Farms|Bakery|Catering|"
    "Coffee Roasters|Brewing|Wines|Imports|Trading|Textiles|Fashion|Furniture|Interiors|Motors|"
    "Auto Repair|Aviation|Shipping|Freight Services|Travel|Hotels|Tours|Sports|Fitness|Toys|Books|"
    "Publishing|Printing|Packaging|Plastics|Chemicals|Metals|Mining|Energy|Power|Recycling|"
    "Security|Robotics|Analytics|Networks|Electronics|Instruments|Tools|Machinery|Distribution|"
    "Staffing|Training|Legal Services|Accounting|Advisors|Investments|Group|Enterprises|"
    "Industries|International|Associates|Services|Laboratories|Biotech|Garden Center|Market",
    "|",
)
PLACES = _words(
    "Boston Chicago Denver Austin Seattle Portland Dallas Houston Atlanta Miami Toronto London "
    "Manchester Leeds Bristol Glasgow Dublin Paris Lyon Berlin Hamburg Munich Vienna Zurich "
    "Geneva Milan Rome Madrid Barcelona Lisbon Oslo Stockholm Helsinki Warsaw Prague Budapest "
    "Athens Cairo Lagos Mumbai Singapore Manila Sydney Melbourne Auckland Tokyo Osaka"
)
FORMS = _words("Inc Inc. Ltd Ltd. LLC Corp Corp. Corporation Limited GmbH AG S.A. Co. PLC B.V. AB")
ONSETS = _words("b c d f g h j k l m n p r s t v w z br cl cr dr fl gr pl st th tr ch sh qu")
NUCLEI = _words("a e i o u ai ea io ou ia")
CODAS = ["", "", "", "n", "r", "l", "x", "s", "m", "nt", "rd", "ck"]

ZH_SURNAMES: list[str] = [
    *"王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任",
    *"沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔汤",
    *("欧阳", "司马", "诸葛"),
]
ZH_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂文辉玲鹏飞建国华志红梅鑫波斌宇浩凯俊帆雪晨阳欣怡佳"
    "慧琳琪瑶倩雯婷萍颖丹莉燕梓涵轩睿泽子豪博天翔思远嘉诚晓东海龙春兰玉珍淑云凤洁晶莹庆家宏永福生荣贵"
)
ZH_BRAND = (
    "华中国新金天大东海信达德通泰恒瑞盛源宏兴鑫隆安康美佳嘉宝龙凤飞腾云星光辉明阳晨旭日月山川江河湖洋博"
    "文雅思远智慧创联合众益利丰富贵福祥和顺永长久正诚义仁礼百千万亿元亨聚汇融鼎尚品优卓越超凡科维特力迈捷"
    "速易方圆鸿浩伟业成功胜凯旋荣耀尊翰林格致启航领先锋锐铭赛欧亚英法松柏竹菊荷莲枫银铁钢石玉珠翠碧蓝青绿"
)
ZH_COINED = (
    "阿贝比布卡查德迪多厄法菲芬盖格哈赫惠吉加杰卡凯克拉兰劳勒雷里利林卢罗洛马麦曼梅米莫纳尼诺帕佩普奇乔"
    "萨塞沙圣斯塔泰坦特托瓦威维沃西希夏雅伊约泽扎芝宙逸尧翊臻骏骐麒麟鲲鸢鹭蔚蓉芸茗荟萃璟琥珀琅璇玑晟昊"
)
ZH_CHARACTERS = sorted(set(ZH_GIVEN + ZH_BRAND + ZH_COINED))
ZH_CITIES = _words(
    "北京 上海 广州 深圳 天津 重庆 成都 杭州 武汉 西安 南京 苏州 长沙 郑州 青岛 沈阳 宁波 东莞 "
    "无锡 厦门 福州 济南 大连 昆明 合肥 佛山 哈尔滨 长春 石家庄 南宁 贵阳 太原 南昌 温州 泉州 "
    "常州 徐州 嘉兴 烟台 珠海 中山 惠州 江苏 浙江 广东 山东 四川 湖北 湖南 河南 福建"
)
ZH_TRADES = _words(
    "科技 信息技术 网络科技 贸易 商贸 实业 投资 投资管理 电子商务 电子 电子科技 机械 机械设备 "
    "建筑工程 装饰工程 房地产开发 物业管理 餐饮管理 食品 医药 医疗器械 生物科技 化工 新材料 "
    "环保科技 新能源 汽车销售 汽车配件 物流 国际货运代理 服装 纺织 家具 广告传媒 文化传播 "
    "教育咨询 企业管理咨询 人力资源 旅行社 酒店管理 软件 智能科技 自动化设备 五金制品 塑料制品 "
    "包装材料 印刷 农业发展 园林绿化"
)
ZH_SHOPS = _words("饭店 超市 药房 五金店 诊所 幼儿园 茶业 宾馆")
ZH_FORMS = ["有限公司"] * 8 + ["股份有限公司", "有限责任公司", "集团有限公司", "集团"]

FORM = re.compile(rf"\s+({'|'.join(map(re.escape, FORMS))})$|(股份|集团)?有限(责任)?公司$|集团$")


def crowded_english(r: random.Random) -> str:
    kind = r.random()
    place = r.choice(STEMS) + r.choice(ENDINGS)
    surname = r.choice(SURNAMES) if r.random() < 0.5 else place
    if kind < 0.3:
        middle = r.choice(["", "", f" {r.choice(ALPHABET.upper())}.", f" {r.choice(FIRST)}"])
        return f"{r.choice(FIRST)}{middle} {surname}"
    form = f" {r.choice(FORMS)}" if r.random() < 0.75 else ""
    if kind < 0.55:
        return f"{surname} {r.choice(TRADES)}{form}"
    if kind < 0.8:
        return f"{r.choice(ADJECTIVES)} {place} {r.choice(TRADES)}{form}"
    if kind < 0.9:
        return f"{surname} & {r.choice(SURNAMES)} {r.choice(TRADES)}{form}"
    return f"{r.choice(PLACES)} {r.choice(ADJECTIVES)} {r.choice(TRADES)}{form}"


def coined_english(r: random.Random) -> str:
    def coin() -> str:
        syllables = (r.choice(ONSETS) + r.choice(NUCLEI) + r.choice(CODAS) for _ in range(3))
        return "".join(list(syllables)[: r.choice((2, 2, 3))]).capitalize()

    kind = r.random()
    form = f" {r.choice(FORMS)}" if r.random() < 0.75 else ""
    if kind < 0.25:
        return f"{r.choice(FIRST)} {coin()}{r.choice(['', 'son', 'sen', 'ski', 'ez', 'er'])}"
    if kind < 0.5:
        return f"{coin()} {r.choice(TRADES)}{form}"
    if kind < 0.65:
        return f"{coin()} {r.choice(FORMS)}"
    if kind < 0.8:
        return f"{coin()} {r.choice(TRADES)} {r.choice(PLACES)}{form}"
    if kind < 0.9:
        return f"{coin()}-{coin()} {r.choice(TRADES)}{form}"
    return f"{r.choice(ADJECTIVES)} {coin()}{form}"


def _zh_word(r: random.Random, characters: str) -> str:
    return "".join(r.sample(characters, r.choice((2, 2, 2, 3))))


def _zh_person(r: random.Random, characters: str) -> str:
    return r.choice(ZH_SURNAMES) + "".join(r.choices(characters, k=r.choice((1, 2, 2, 2))))


def crowded_chinese(r: random.Random) -> str:
    kind = r.random()
    if kind < 0.3:
        return _zh_person(r, ZH_GIVEN)
    brand = _zh_word(r, ZH_BRAND) + r.choice(ZH_TRADES)
    if kind < 0.9:
        city = r.choice(ZH_CITIES) + ("市" if r.random() < 0.15 else "")
        return city + brand + r.choice(ZH_FORMS)
    return f"{brand}（{r.choice(ZH_CITIES)}）有限公司"


def coined_chinese(r: random.Random) -> str:
    kind = r.random()
    if kind < 0.2:
        return _zh_person(r, ZH_GIVEN + ZH_COINED)
    if kind < 0.6:
        brand = _zh_word(r, ZH_COINED + ZH_BRAND)
        return r.choice(ZH_CITIES) + brand + r.choice(ZH_TRADES) + r.choice(ZH_FORMS)
    if kind < 0.8:
        return _zh_word(r, ZH_COINED) + r.choice(ZH_TRADES) + r.choice(ZH_FORMS)
    if kind < 0.9:
        return r.choice(ZH_CITIES) + _zh_person(r, ZH_GIVEN)[:3] + r.choice(ZH_SHOPS)
    brand = _zh_word(r, ZH_COINED + ZH_BRAND) + r.choice(ZH_TRADES)
    return f"{r.choice(ZH_CITIES)}{brand}有限公司{r.choice(ZH_CITIES)}分公司"


def _typo(text: str, r: random.Random, instead: Callable[[str], str], changed: float) -> str:
    """Change a character (with this probability), leave one out, swap two or add one."""
    at = r.randrange(len(text))
    kind = r.random()
    if kind < changed or len(text) < 3:
        return text[:at] + instead(text[at]) + text[at + 1 :]
    if kind < changed + (1 - changed) / 3:
        return text[:at] + text[at + 1 :]
    if kind < changed + (1 - changed) * 2 / 3:
        at = min(at, len(text) - 2)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + instead(text[at]) + text[at:]


def mistaken_english(name: str, r: random.Random, *, keyboard: bool) -> str:
    def instead(letter: str) -> str:
        row = next((row for row in KEYS if keyboard and letter.lower() in row), "")
        at = row.find(letter.lower())
        return r.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2] if row else ALPHABET)

    text = FORM.sub("", name) if r.random() < 0.5 else name
    words = text.split()
    if len(words) > 1 and r.random() < 0.25:
        at = r.randrange(len(words) - 1)
        words[at : at + 2] = words[at + 1], words[at]
    text = " ".join(words)
    for _ in range(r.choice((1, 2))):
        text = _typo(text, r, instead, changed=0.25)
    return text.lower() if r.random() < 0.5 else text


@cache
def _homophones() -> dict[str, list[str]]:
    spoken = defaultdict(list)
    for character in ZH_CHARACTERS:
        spoken[lazy_pinyin(character)[0]].append(character)
    return {one: [o for o in same if o != one] for same in spoken.values() for one in same}


def mistaken_chinese(name: str, r: random.Random, *, homophones: float) -> str:
    def instead(character: str) -> str:
        same = _homophones().get(character, []) if r.random() < homophones else []
        return r.choice(same or ZH_CHARACTERS)

    text = FORM.sub("", name) if r.random() < 0.6 else name
    city = next((city for city in ZH_CITIES if text.startswith(city)), "")
    if r.random() < 0.1:
        text = text.removeprefix(city) + city
    for _ in range(1 if len(text) < 5 else r.choice((1, 2))):
        text = _typo(text, r, instead, changed=0.6)
    return text


@dataclass(frozen=True)
class Data:
    """Names, and what people typed for some of them."""

    title: str
    names: list[str]
    queries: list[tuple[str, str]]


STYLES: dict[str, tuple[Callable[[random.Random], str], Callable[..., str]]] = {
    "English, crowded": (crowded_english, partial(mistaken_english, keyboard=False)),
    "English, coined": (coined_english, partial(mistaken_english, keyboard=True)),
    "Chinese, crowded": (crowded_chinese, partial(mistaken_chinese, homophones=0.7)),
    "Chinese, coined": (coined_chinese, partial(mistaken_chinese, homophones=0)),
}


def generated(title: str, size: int, count: int, seed: int) -> Data:
    """Return `size` different names of a style and `count` queries that are none of them."""
    make, mistake = STYLES[title]
    r = random.Random(seed)
    names: dict[str, None] = {}
    while len(names) < size:
        names[make(r)] = None
    listed = list(names)
    queries: list[tuple[str, str]] = []
    while len(queries) < count:
        name = r.choice(listed)
        query = mistake(name, r)
        if query.strip() and query not in names:
            queries.append((query, name))
    return Data(title, listed, queries)


def read(folder: Path, count: int) -> Data:
    """Return the names and queries in a folder."""
    names = (folder / "names.txt").read_text(encoding="utf-8").splitlines()
    with (folder / "queries.csv").open(encoding="utf-8", newline="") as file:
        queries = [(row["query"], row["name"]) for row in csv.DictReader(file)]
    return Data(folder.name, names, queries[:count])


def measured(data: Data, brute: int) -> dict[str, float | str]:
    """Return the figures of the index and of the peer; times in milliseconds, memory in MB."""
    chinese = any("\u4e00" <= letter <= "\u9fff" for query, _ in data.queries for letter in query)
    start = time.perf_counter()
    index = NameIndex.build(enumerate(data.names))
    built = time.perf_counter() - start
    index.search(data.queries[0][0])

    def timed(search: Callable[[str], Sequence[str]], queries: int) -> tuple[float, list[float]]:
        found, times = 0, []
        for query, name in data.queries[:queries]:
            start = time.perf_counter()
            names = search(query)
            times.append(1000 * (time.perf_counter() - start))
            found += name in names
        return found / len(times), np.percentile(times, [50, 95]).tolist()

    recall, (p50, p95) = timed(
        lambda query: [m.name for m in index.search(query)], len(data.queries)
    )
    peer_recall, (peer_p50, peer_p95) = timed(
        lambda query: [
            match[0] for match in process.extract(query, data.names, scorer=fuzz.WRatio, limit=5)
        ],
        brute,
    )
    recall_brute, _ = timed(lambda query: [m.name for m in index.search(query)], brute)
    return {
        "data": data.title,
        "language": "zh" if chinese else "en",
        "names": len(data.names),
        "queries": len(data.queries),
        "recall@5": round(recall, 4),
        "p50": round(p50, 2),
        "p95": round(p95, 2),
        "build s": round(built, 2),
        "memory MB": round(index.nbytes / 1e6, 1),
        "few queries": brute,
        "few recall@5": round(recall_brute, 4),
        "peer recall@5": round(peer_recall, 4),
        "peer p50": round(peer_p50, 1),
        "peer p95": round(peer_p95, 1),
    }


TARGETS = {"en": ("≥ .95", "≤ 10", "≤ 15"), "zh": ("≥ .87", "", "≤ 15")}


def show(results: list[dict[str, float | str]]) -> None:
    table = Table(title="Rough names")
    for column in ("data", "measure", "index", "WRatio", "target"):
        table.add_column(column, justify="left" if column in ("data", "measure") else "right")
    for result in results:
        recall, p50, p95 = TARGETS[str(result["language"])]
        rows = [
            ("recall@5", result["recall@5"], "", recall),
            ("recall@5, few queries", result["few recall@5"], result["peer recall@5"], ""),
            ("p50 ms", result["p50"], result["peer p50"], p50),
            ("p95 ms", result["p95"], result["peer p95"], p95),
            ("build s", result["build s"], "", "≤ 12"),
            ("memory MB", result["memory MB"], "", "≤ 150"),
        ]
        for number, (measure, *values) in enumerate(rows):
            title = f"{result['data']}, {result['names']:,}" if number == 0 else ""
            table.add_row(title, measure, *map(str, values), end_section=number == len(rows) - 1)
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="names of each style")
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--brute", type=int, default=30, help="queries that the peer answers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="a folder with names.txt and queries.csv")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.data:
        results = [measured(read(options.data, options.queries), options.brute)]
    else:
        results = [
            measured(generated(title, options.size, options.queries, options.seed), options.brute)
            for title in STYLES
        ]
    show(results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
