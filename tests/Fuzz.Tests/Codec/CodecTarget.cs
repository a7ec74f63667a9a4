using System.Buffers;
using OrleansBroker.Fuzz.Tests.Generation;
using OrleansBroker.Fuzz.Tests.Judge;
using OrleansBroker.Fuzz.Tests.Runs;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Fuzz.Tests.Codec;

/// <summary>
/// FrameReader, PacketBody, PacketDecoder and PacketEncoder against the judge: same accept and refuse, same class of refusal, same values, same
/// length; the same from segments as from one piece; nothing read past the end; what was decoded encodes to what decodes the same.
/// </summary>
internal sealed class CodecTarget : FuzzTarget, IDisposable
{
    public const int MaximumPacketSize = 4096;

    // Measured: a SUBSCRIBE of filters of one character, four bytes each, becomes objects of 300 bytes each, and lists grow by doubling.
    private const int MostAllocatedForEachByte = 160;
    private const int MostAllocatedForAPacket = 4096;

    private const int MostSplits = 40;

    private readonly GuardedMemory _memory = new();
    private readonly ClientJudge _judge = new();
    private readonly PacketSubject _subject = new();
    private readonly FieldLog _judged = new();
    private readonly FieldLog _decoded = new();
    private readonly FieldLog _again = new();
    private readonly ByteSink _input = new();
    private readonly ByteSink _encoded = new();
    private readonly ByteSink _encodedAgain = new();
    private readonly SplitSequence _split = new();
    private readonly byte[] _scratch = new byte[64];
    private readonly long[] _violations = new long[Enum.GetValues<SpecViolation>().Length];
    private long _accepted;

    public CodecTarget() => _subject.OnFilterViolation = Count;

    public override string Name => "codec";

    /// <summary>How often packets, and filters, were refused for each.</summary>
    public IReadOnlyList<long> Violations => _violations;

    public override FuzzInput Generate(FuzzRandom random)
    {
        var version = InputGenerator.WritePackets(random, _input);
        return new FuzzInput(version, random.NextUInt64(), _input.Written.ToArray());
    }

    /// <summary>Packet by packet, up to the first that is refused or not whole.</summary>
    public override string? Execute(FuzzInput input)
    {
        var version = input.Version;
        for (var at = 0; at < input.Bytes.Length;)
        {
            var verdict = _judge.Judge(version, input.Bytes, at, input.Bytes.Length, MaximumPacketSize, _judged);
            if (Check(input.Bytes, at, version, verdict, out var isAccepted) is { } failure)
                return failure;
            if (!isAccepted)
                return null;
            version = verdict.Version;
            at += verdict.Length;
        }

        return null;
    }

    public override string Summary()
    {
        var hit = Enum.GetValues<SpecViolation>().Where(violation => _violations[(int)violation] > 0).Select(violation => $"{violation} {_violations[(int)violation]}");
        return $"{_accepted} packets accepted, refused: {string.Join(", ", hit)}";
    }

    public void Dispose() => _memory.Dispose();

    private string? Check(byte[] bytes, int at, int version, Verdict verdict, out bool isAccepted)
    {
        isAccepted = false;
        var rest = _memory.Place(bytes.AsSpan(at));
        var known = (ProtocolVersion)version;
        var status = FrameReader.TryRead(rest, known, MaximumPacketSize, out var header, out var violation);
        if (CheckSplitHeader(bytes.AsMemory(at), known, status, header, violation))
            return "the header from segments differs: from that of one piece";
        if (status == DecodeStatus.Violation)
            return Refused(verdict, version, violation);
        if (!verdict.MayAccept && (status == DecodeStatus.NeedMoreData || header.PacketLength > rest.Length))
            return $"an incomplete packet is waited for: the judge refuses with {verdict.Must}";
        if (status == DecodeStatus.NeedMoreData)
            return verdict is { IsWhole: false, Length: 0 } ? null : "the header is not whole: says the decoder alone";
        if (header.PacketLength != verdict.Length)
            return verdict.MayAccept ? $"the length differs: {header.PacketLength} against {verdict.Length}" : $"a header is accepted: the judge refuses with {verdict.Must}";
        if (header.PacketLength > rest.Length)
            return verdict.IsWhole ? "the packet is not whole: says the decoder alone" : null;
        if (header.Type is PacketType.ConnAck or PacketType.SubAck or PacketType.UnsubAck or PacketType.PingResp)
            return verdict.MayAccept ? $"{header.Type} is accepted: by the judge alone" : null; // the connection's matter
        if (version == 0 && header.Type != PacketType.Connect)
            return null; // likewise: CONNECT must be the first

        var packet = bytes.AsMemory(at, header.PacketLength);
        return CheckBody(known, header, packet[header.HeaderLength..], verdict, out isAccepted);
    }

    private string? CheckBody(ProtocolVersion version, FrameHeader header, ReadOnlyMemory<byte> body, Verdict verdict, out bool isAccepted)
    {
        isAccepted = false;
        if (CheckSplitBody(body))
            return "a body from segments differs: from that of one piece";
        var violation = _subject.Decode(version, header, _memory.Place(body.Span), _decoded, _encoded);
        var isHot = header.Type is PacketType.Publish or PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp or PacketType.PingReq;
        var allowed = isHot ? 0 : MostAllocatedForAPacket + (MostAllocatedForEachByte * body.Length);
        if (_subject.AllocatedBytes > allowed && AllocatesAgain(version, header, body, allowed))
            return $"{header.Type} allocates too much: {_subject.AllocatedBytes} bytes for {body.Length}";
        if (violation != SpecViolation.None)
            return Refused(verdict, verdict.Version, violation);
        if (!verdict.MayAccept)
            return $"{header.Type} of version {verdict.Version} is accepted: the judge refuses with {verdict.Must}";
        if (!_judged.IsSameAs(_decoded))
            return $"{header.Type} differs:\n  judge   {_judged}\n  decoder {_decoded}";

        isAccepted = true;
        _accepted++;
        return CheckRoundTrip(header.Type == PacketType.Connect ? default : version);
    }

    // The first time the runtime makes what it needs once.
    private bool AllocatesAgain(ProtocolVersion version, FrameHeader header, ReadOnlyMemory<byte> body, int allowed)
    {
        _subject.Decode(version, header, _memory.Place(body.Span), _decoded, _encoded);
        return _subject.AllocatedBytes > allowed;
    }

    private string? Refused(Verdict verdict, int version, SpecViolation violation)
    {
        Count(violation);
        var fault = FaultOf(SpecViolations.ReasonCodeOf(violation));
        // 3.x has reason codes in CONNACK alone; everywhere else it is enough that both refuse.
        var hasCode = version == 5 || fault is Faults.UnsupportedVersion or Faults.ClientIdInvalid;
        var any = hasCode ? fault : verdict.Must | verdict.May;
        return verdict.MayRefuseWith(any) ? null : $"{violation} of version {version} refuses a packet: the judge says must {verdict.Must}, may {verdict.May}";
    }

    private string? CheckRoundTrip(ProtocolVersion version)
    {
        var written = _encoded.Written;
        var status = FrameReader.TryRead(written, version, int.MaxValue, out var header, out var violation);
        if (status != DecodeStatus.Done || header.PacketLength != written.Length)
            return $"what was encoded has no proper header: {status} {violation} {Convert.ToHexString(written)}";
        violation = _subject.Decode(version, header, _memory.Place(written[header.HeaderLength..]), _again, _encodedAgain);
        if (violation != SpecViolation.None)
            return $"what was encoded does not decode: {violation} {Convert.ToHexString(written)}";
        return _decoded.IsSameAs(_again) ? null : $"what was encoded decodes otherwise:\n  first  {_decoded}\n  second {_again}";
    }

    private bool CheckSplitHeader(ReadOnlyMemory<byte> rest, ProtocolVersion version, DecodeStatus status, FrameHeader header, SpecViolation violation)
    {
        // Behind the longest header, one split more stands for all.
        for (var at = 1; at < Math.Min(rest.Length, 7); at++)
        {
            var sequence = _split.Of(rest, at);
            var same = FrameReader.TryRead(in sequence, version, MaximumPacketSize, out var otherHeader, out var otherViolation) == status
                && otherHeader == header
                && otherViolation == violation;
            if (!same)
                return true;
        }

        return false;
    }

    private bool CheckSplitBody(ReadOnlyMemory<byte> body)
    {
        var step = Math.Max(1, body.Length / MostSplits);
        for (var at = 1; at < body.Length; at += step)
        {
            var sequence = _split.Of(body, at);
            using var whole = new PacketBody(in sequence, at % 2 == 0 ? _scratch : default);
            if (!whole.Span.SequenceEqual(body.Span))
                return true;
        }

        var one = new ReadOnlySequence<byte>(body);
        using var unsplit = new PacketBody(in one);
        return !unsplit.Span.SequenceEqual(body.Span);
    }

    private void Count(SpecViolation violation) => _violations[(int)violation]++;

    private static Faults FaultOf(ReasonCode code) => code switch
    {
        ReasonCode.MalformedPacket => Faults.Malformed,
        ReasonCode.ProtocolError => Faults.ProtocolError,
        ReasonCode.PacketTooLarge => Faults.PacketTooLarge,
        ReasonCode.UnsupportedProtocolVersion => Faults.UnsupportedVersion,
        ReasonCode.ClientIdentifierNotValid => Faults.ClientIdInvalid,
        ReasonCode.TopicNameInvalid => Faults.TopicNameInvalid,
        ReasonCode.TopicAliasInvalid => Faults.TopicAliasInvalid,
        _ => Faults.None,
    };
}
