"""Simplified Chinese: sentences and labels by the English ones, and the way of its numbers and dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.language.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS = {
    # Every page
    "For Research Use Only. Not for use in diagnostic procedures.": "仅供研究使用，不得用于诊断程序。",
    "Page {page} of {pages}": "第 {page} 页，共 {pages} 页",
    "Case": "病例",
    "Case {}": "病例 {}",
    "preliminary": "初步报告",
    "AMENDED, version {}": "已修订，第 {} 版",
    "earlier state, act {}": "较早状态，第 {} 步",
    "(continued)": "（续）",
    # Letterhead and key figures
    "Bone marrow differential count": "骨髓细胞分类计数",
    "Differential count of a blood film": "外周血涂片白细胞分类",
    "Reported {}": "报告时间 {}",
    "Nucleated cells counted": "计数有核细胞",
    "White cells counted": "计数白细胞",
    "target {}": "目标 {}",
    "Reviewed by a reader": "人工审核",
    "Changed by the reader": "人工更改",
    "proposals": "项建议",
    "Smears": "涂片",
    "{} in all": "共 {}",
    # Fields of the laboratory
    "Institution": "医疗机构",
    "Accession": "标本编号",
    "Patient": "患者",
    "Patient ID": "患者编号",
    "Date of birth": "出生日期",
    "Sex": "性别",
    "female": "女",
    "male": "男",
    "other": "其他",
    "unknown": "未知",
    "Requested by": "申请医师",
    "Collected": "采集日期",
    "Site": "取材部位",
    "Aspirate quality": "取材质量",
    "Indication": "临床诊断与检查目的",
    "Blood count and film": "血常规与血涂片",
    "Cellularity": "骨髓增生程度",
    "Erythropoiesis": "红细胞系统",
    "Myelopoiesis": "粒细胞系统",
    "Megakaryocytes": "巨核细胞",
    "Lymphocytes": "淋巴细胞",
    "Plasma cells": "浆细胞",
    "Other and abnormal cells": "其他及异常细胞",
    "Iron stain": "铁染色",
    "Other studies": "其他检查",
    "Conclusion": "结论",
    "Comment": "备注",
    "Manual count": "手工计数",
    "Clinical details": "临床资料",
    "Clinical details and aspirate": "临床资料与取材",
    "Morphology and further studies": "形态学与其他检查",
    # Notices
    "PRELIMINARY": "初步报告",
    "UNREVIEWED": "未审核",
    "ALERT": "警告",
    "AMENDED": "已修订",
    "EARLIER": "较早状态",
    "OVERRIDDEN": "例外签发",
    "REPEATED": "重复",
    "UNRESOLVED": "待处理",
    "UNFAMILIAR": "不熟悉",
    "{part} of {whole} cells not reviewed by a reader": "{whole} 个细胞中有 {part} 个未经人工审核",
    "{} showing the very image of another cell of this case, counted once more: to be excluded if added by "
    "mistake":
        "{}与本病例中其他细胞的图像完全相同，被重复计数：如系误加，需排除",
    "{} not identifiable: to be given a class or dismissed": "{}无法识别：需分类或排除",
    "Signed in spite of {what}. Reason: {reason}": "在以下情况下仍签发：{what}。理由：{reason}",
    "The case as it was after act {act}, by {reader} on {time}; not its present state":
        "病例在第 {act} 步之后的状态（{reader}，{time}），并非当前状态",
    "Version {version}, in place of version {before} that {reader} signed on {time}.":
        "第 {version} 版，取代由 {reader} 于 {time} 签发的第 {before} 版。",
    "Reopened, not signed; is to be version {version} and to replace version {before} that {reader} "
    "signed on {time}.":
        "已重新打开，尚未签发；拟作为第 {version} 版，取代由 {reader} 于 {time} 签发的第 {before} 版。",
    "reopened, not signed; is to replace version {}": "已重新打开，尚未签发；拟取代第 {} 版",
    "Reopened by {reader} on {time} (“{reason}”).": "由 {reader} 于 {time} 重新打开（“{reason}”）。",
    "Changed: {}.": "更改：{}。",
    "{name} {before} to {after}": "{name} {before} 改为 {after}",
    "manual count of smear {} ({})": "涂片 {} 手工计数 ({})",
    "classes of the case": "病例的细胞分类",
    "target": "目标",
    "definition of the M:E ratio": "粒红比的定义",
    "reference ranges": "各参考范围",
    "sex for the reference ranges": "参考范围所用性别",
    "blast equivalents": "原始细胞等同细胞",
    "blasts as a share of all but erythroid cells": "原始细胞占除红系外细胞的比例",
    "level of the intervals": "区间的置信水平",
    "whether the manual count is part of the differential": "手工计数是否计入分类",
    "nothing": "无",
    "{} found": "发现{}",
    "{} given this class by a reader": "{}由人工判定为该类",
    "{} without any class": "{}没有分类",
    "{} not identifiable": "{}无法识别",
    "{} unfamiliar to the classifier and not reviewed": "{}分类器不熟悉且未审核",
    "{} of a class that needs a reader and not reviewed": "{}属于必须人工审核的类别而未审核",
    "{} on which two readers differ": "{}两位阅片者意见不一",
    "{} showing the very image of another cell": "{}与其他细胞的图像完全相同",
    "{} fewer than the target": "比目标少 {}",
    "{} left empty": "{}未填写",
    "{} required field": "{} 个必填项",
    "{} required fields": "{} 个必填项",
    "Logo": "标识",
    # Numbers
    "{} cell": "{} 个细胞",
    "{} cells": "{} 个细胞",
    "{part} of {whole}": "{part}/{whole}",
    "of {whole}": "/ {whole}",
    "{first} and {last}": "{first} 和 {last}",
    "not computable": "无法计算",
    "▼ below range": "▼ 低于范围",
    "▲ above range": "▲ 高于范围",
    "▼ below": "▼ 偏低",
    "▲ above": "▲ 偏高",
    "below {limits}": "低于 {limits}",
    "crosses {limits}": "跨越 {limits}",
    "above {limits}": "高于 {limits}",
    # The differential
    "Differential count": "分类计数",
    "Cells": "细胞",
    "Count": "个数",
    "{level} interval": "{level} 置信区间",
    "Reference, %": "参考范围，%",
    "Proposed": "建议",
    "Reviewed": "已审核",
    "Adjusted, %": "校正，%",
    "Sum of {}": "{}合计",
    "Intervals: exact binomial, {level} (Clopper and Pearson 1934). They cover the sampling of cells alone, "
    "not errors of classification.":
        "置信区间：精确二项法，{level}（Clopper 与 Pearson 1934）。仅反映细胞抽样误差，不含分类错误。",
    "Reference: {name}, {sex} (source: see method).": "参考范围：{name}，{sex}（来源见方法）。",
    "women": "女性",
    "men": "男性",
    "either sex (span of both)": "不分性别（两性合并范围）",
    "No cells counted as: {}.": "未见以下细胞：{}。",
    "No reference ranges are held against this count: how old the patient was does not follow for certain "
    "from the dates of birth and collection as they are written.":
        "本次计数未与参考范围比较：按所填的出生日期和采集日期，无法确定患者的年龄。",
    "No reference ranges are held against this count: {name} does not hold for the age of the patient.":
        "本次计数未与参考范围比较：{name}不适用于该患者的年龄。",
    "Percent of white cells; reference ranges of the marrow do not hold for blood.":
        "百分比以白细胞计；骨髓参考范围不适用于血液。",
    "All cells were reviewed: the count needs no adjusting.": "全部细胞均已审核，计数无需校正。",
    "No adjusted column: the classifier's mistakes are not known for all cells that were not reviewed.":
        "无校正列：并非所有未审核细胞都已知分类器的错误率。",
    "Adjusted: the count corrected for the classifier's known confusion where cells are not reviewed, with "
    "an interval that covers both (Saerens et al. 2002); reviewed cells count as they are.":
        "校正：对未审核细胞按分类器已知的混淆加以校正，区间同时反映抽样与校正（Saerens 等 2002）；"
        "已审核细胞按审核结果计数。",
    # Ratios, thresholds, cells apart
    "Ratios": "比值",
    "M:E ratio": "粒红比",
    "Maturation index": "成熟指数",
    "reference {}": "参考 {}",
    "{above} : {below} cells; {definition}": "{above} : {below} 个细胞；{definition}",
    "Thresholds": "阈值",
    "with them: {}": "其中：{}",
    "of all but erythroid cells {}": "占除红系外细胞 {}",
    "By the whole interval; {}": "按整个区间判断；{}",
    "No cells counted yet.": "尚未计数细胞。",
    "Outside the differential": "不计入分类",
    "per 100": "每 100 个",
    "None.": "无。",
    "and {} kinds more": "及其他 {} 类",
    "Nucleated red cells per 100 white cells": "有核红细胞／100 个白细胞",
    "{count} cells; per 100 white cells, not part of the differential":
        "{count} 个细胞；以每 100 个白细胞计，不计入分类",
    # Chart, smears, cells
    "Differential with intervals and ranges": "分类计数、区间与参考范围",
    "share": "百分比",
    "interval": "区间",
    "reference range": "参考范围",
    "Smears counted apart": "各涂片分别计数",
    "Manual count at the microscope": "显微镜下手工计数",
    "smear {}": "涂片 {}",
    "All": "合计",
    "Cells, and percent of the cells counted of that smear.": "细胞个数及占该涂片计数细胞的百分比。",
    "It is part of the differential.": "已计入分类。",
    "It is not part of the differential.": "未计入分类。",
    "Representative cells": "代表性细胞",
    "decided by a reader": "人工判定",
    "proposed by the classifier, with its confidence": "分类器建议及其置信度",
    "number beside a name: cells of the class; each picture {} pixels wide":
        "名称旁的数字：该类细胞个数；每幅图宽 {} 像素",
    # Method and signature
    "Method": "方法",
    "Classifier": "分类器",
    "Adapted to the laboratory from {name}; reviewed cells: {cells}, cases: {cases}":
        "由 {name} 针对本实验室调整；已审核细胞：{cells}，病例：{cases}",
    "none": "无",
    "None: every class was given by a reader.": "无：全部由人工分类。",
    "Proposals changed or excluded": "更改或排除的建议",
    "{} reviewed cells": "{} 个已审核细胞",
    "The classifier does not know slides like these and errs more often on them.":
        "分类器未学习过此类涂片，在其上更易出错。",
    "Unfamiliar to the classifier": "分类器不熟悉",
    "Doubt score above {threshold}: {part} cells": "陌生度高于 {threshold}：{part} 个细胞",
    "{} not yet reviewed": "{}尚未审核",
    "Agreement with folder labels": "与文件夹标签一致",
    "Images that could not be read": "无法读取的图像",
    "{}, not counted": "{}，未计数",
    "Reference ranges": "参考范围",
    "Program": "程序",
    "reviewed {part}, changed {changed}": "已审核 {part}，更改 {changed}",
    "Read by": "阅片者",
    "Read and signed by": "阅片并签发",
    "Signature": "签名",
    "Date": "日期",
    "signed in the program, version {}": "已在程序中签名，第 {} 版",
    "State of the case that was signed": "所签发的病例状态",
    # Summary
    "single classes": "各类细胞",
    "notices": "提示",
    "Cut to fit on one page, in full in the whole report: {}.": "为单页而删减，完整内容见完整报告：{}。",
    "Only in the whole report: {}.": "仅见于完整报告：{}。",
}  # fmt: skip


def catalogue(classes: Mapping[str, tuple[str, str]], domain: Mapping[str, str]) -> Catalogue:
    """Give the language with its names."""
    return Catalogue(
        tag="zh-Hans",
        decimal=".",
        percent="{}%",
        comma="、",
        colon="：",
        semicolon="；",
        space="",
        date=lambda day: f"{day.year}年{day.month}月{day.day}日",
        clock="{day} {time}",
        texts=TEXTS,
        classes=classes,
        domain=domain,
    )
