using OrleansBroker.Fuzz.Tests.Connections;
using OrleansBroker.Fuzz.Tests.Judge;

namespace OrleansBroker.Fuzz.Tests;

/// <summary>The judge is judged by bytes out of the standard's sections.</summary>
public sealed class JudgeTests
{
    private const string ConnAck5 = "2003000000";

    // Faults by name: the type is not public.
    [Theory]
    [InlineData(0, "101000044D5154540502003C0000036162", "None", "None", false)] // one byte is missing
    [InlineData(0, "101000044D5154540502003C000003616263", "None", "None", true)]
    [InlineData(0, "10900000044D5154540502003C000003616263", "Malformed", "None", true)] // [MQTT5-1.5.5-1]
    [InlineData(0, "100F00044D5154540402003C0003616263", "None", "None", true)]
    [InlineData(0, "100C00044D5154540400003C0000", "ClientIdInvalid", "None", true)] // [MQTT311-3.1.3-8]
    [InlineData(0, "100C00044D5154540602003C0000", "UnsupportedVersion", "None", true)]
    [InlineData(5, "30060001610003", "None", "None", false)] // one byte is missing
    [InlineData(5, "3004000161002A", "None", "None", true)]
    [InlineData(5, "300400012B002A", "BadTopicName", "None", true)] // [MQTT5-3.3.2-2]
    [InlineData(5, "3606000161000100", "Malformed", "None", true)] // [MQTT5-3.3.1-4]
    [InlineData(5, "300700016103230002", "None", "None", true)]
    [InlineData(5, "300700016103230000", "TopicAliasInvalid, Unclassed", "None", true)]
    [InlineData(5, "300600016102010200", "None", "Unclassed", true)]
    [InlineData(5, "820700010000016103", "ProtocolError", "None", true)] // QoS 3
    [InlineData(5, "820700010000016140", "Malformed", "None", true)] // [MQTT5-3.8.3-5]
    [InlineData(5, "8203000100", "ProtocolError", "None", true)] // [MQTT5-3.8.3-2]
    [InlineData(3, "8206000100016140", "None", "Malformed", true)]
    [InlineData(4, "8206000100016140", "Malformed", "None", true)] // [MQTT311-3.8.3-4]
    [InlineData(4, "F000", "Malformed", "None", true)]
    [InlineData(5, "C00100", "Malformed", "None", true)]
    [InlineData(5, "4003000155", "Unclassed", "None", true)] // [MQTT5-3.4.2-1]
    public void Judge_ClientPacket_KnowsItsFaults(int version, string packet, string must, string may, bool isWhole)
    {
        var bytes = Convert.FromHexString(packet);
        var verdict = new ClientJudge().Judge(version, bytes, 0, bytes.Length, 1_000, new FieldLog());
        Assert.Equal((Parse(must), Parse(may), isWhole), (verdict.Must, verdict.May, verdict.IsWhole));
    }

    [Theory]
    [InlineData(ConnAck5 + "D000E000", null)]
    [InlineData(ConnAck5 + "E000D000", "after the end")]
    [InlineData("2003008700D000", "after the end")]
    [InlineData("D000", "before CONNACK")]
    [InlineData(ConnAck5 + ConnAck5, "second CONNACK")]
    [InlineData(ConnAck5 + "820700010000016100", "Unclassed")]
    [InlineData(ConnAck5 + "4003000155", "Unclassed")]
    [InlineData(ConnAck5 + "40020000", "Unclassed")]
    [InlineData(ConnAck5 + "D0", "Malformed")]
    [InlineData(ConnAck5 + "300700016103230001", null)]
    [InlineData(ConnAck5 + "300700016103230003", "above the client's maximum")]
    [InlineData(ConnAck5 + "3006000003230001", "stands for nothing")]
    [InlineData(ConnAck5 + "3012000F616161616161616161616161616161" + "00", "larger than the client accepts")]
    public void Check_ServerOutput_FindsWhatNoServerMaySend(string output, string? expected)
    {
        var bytes = Convert.FromHexString(output);
        var failure = new OutputCheck().Check(5, 16, 2, bytes, bytes.Length);
        if (expected is null)
            Assert.Null(failure);
        else
            Assert.Contains(expected, failure, StringComparison.Ordinal);
    }

    private static Faults Parse(string faults) => Enum.Parse<Faults>(faults);
}
