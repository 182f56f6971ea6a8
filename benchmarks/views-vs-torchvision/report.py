"""Medians of a run: a table on the terminal, results.json and results.md.

Usage: report.py FOLDER OUT SOURCES, where FOLDER holds SIDE.ROUND.json of each side and round.
"""
import datetime
import glob
import json
import os
import platform
import statistics
import sys

SIDES = {"jem": "jem", "pil": "torchvision, PIL", "tensor": "torchvision, tensors"}


def rounds(folder, side):
    return [json.load(open(path, encoding="utf-8")) for path in sorted(glob.glob(os.path.join(folder, f"{side}.*.json")))]


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())


def main(folder, out, sources):
    measured = {side: rounds(folder, side) for side in SIDES}
    cases = [name for name in measured["jem"][0] if name != "versions"]
    rows = []
    for case in cases:
        rates = {side: statistics.median(one[case] for one in measured[side]) for side in SIDES}
        rows.append({"case": case, **{side: round(rate, 1) for side, rate in rates.items()}, "ratio_pil": round(rates["jem"] / rates["pil"], 2), "ratio_tensor": round(rates["jem"] / rates["tensor"], 2)})
    names = {"--cifar": "CIFAR-10", "--photos": "a folder of JPEG files"}
    given = [name for flag, name in names.items() if flag in sources.split()]
    drawn = [name for flag, name in {"--cifar": "32×32", "--photos": "160×160"}.items() if flag not in sources.split()]
    result = {
        "date": datetime.date.today().isoformat(),
        "machine": f"{processor()}, {os.cpu_count()} logical cores, {platform.system()}, load average {os.getloadavg()[0]:.0f}",
        "jem": measured["jem"][0]["versions"],
        "torchvision": measured["pil"][0]["versions"],
        "images": ", ".join(given + [f"drawn images of {size}" for size in drawn]),
        "rounds": len(measured["jem"]),
        "rows": rows,
    }
    with open(os.path.join(out, "results.json"), "w", encoding="utf-8") as file:
        json.dump(result, file, indent=2, ensure_ascii=False)
        file.write("\n")
    text = markdown(result)
    with open(os.path.join(out, "results.md"), "w", encoding="utf-8") as file:
        file.write(text)
    print(text)


def markdown(result):
    lines = [
        "# Views per core: jem and torchvision",
        "",
        "Images per second of processor time on one core; of each image two views are made, as for SimCLR. The median of "
        f"{result['rounds']} rounds, in which the three sides take turns. `cases.json` has the recipes, `run` the rest.",
        "",
        "| | " + " | ".join(SIDES.values()) + " | jem : PIL | jem : tensors |",
        "|---|" + "---:|" * 5,
    ]
    for row in result["rows"]:
        lines.append(f"| {row['case']} | {row['jem']:,.0f} | {row['pil']:,.0f} | {row['tensor']:,.0f} | {row['ratio_pil']:.1f} | {row['ratio_tensor']:.1f} |")
    lines += [
        "",
        "*PIL* is what reference code runs: PIL's crop, jitter and blur, then bytes [C, H, W]. *Tensors* are torchvision's functions on "
        "uint8 tensors with antialias, whose bytes jem's agree with. Normalisation is in none of the three. Images are decoded beforehand but in "
        "the row that says so, where each file is read from the file cache and decoded once for both views.",
        "",
        f"{result['date']}; {result['machine']}; {result['jem']}; {result['torchvision']}; {result['images']}.",
        "",
    ]
    return "\n".join(lines)


main(*sys.argv[1:])
