package process

import "strings"

// unitCodes are the units that things are sold in: the usual codes of UN/ECE
// Recommendation 20, and of Recommendation 21 for packages, which EN 16931 takes
// with an X before them (BR-CL-23). documents and console have a label for each
// of them, unit.CODE.
const unitCodes = "C62 H87 EA PR SET KT DZN GRO CEN MIL LS E48 E51 E54 IE P1 5B SX AB NMP D63 RM PTN Q3 HEA U2 E27 " +
	"NF C0 M4 C26 SEC MIN HUR LH OT DAY E49 WEE MON QAN SAN ANN 3C AD 2P 4L E34 E35 MGM GRM HGM KGM " +
	"TNE LBR ONZ MMT CMT DMT MTR KMT INH FOT YRD SMI NMI CMK DMK MTK DAA H18 KMK FTK MLT CLT DLT LTR " +
	"HLT CMQ DMQ MTQ FTQ GLL GLI WTT KWT MAW WHR KWH MWH GWH JOU KJO 3B GV KVA AMP VLT BAR CEL KMH " +
	"TKM XPK XPA XPC XBX XCT XCS XCR XPX XBG XSA XBO XJR XCX XDR XBA XTU XRO XRL XBE XST XEN "

// UnitCodes are the codes that a line or a product may have, in the order in
// which people look for them.
func UnitCodes() []string { return strings.Fields(unitCodes) }

func knownUnit(code string) bool {
	return code != "" && !strings.Contains(code, " ") && strings.Contains(" "+unitCodes, " "+code+" ")
}
