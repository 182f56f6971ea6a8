using System.Text;
using Google.Protobuf;
using Jem.Trainer.Reporting.TensorBoard;

namespace Jem.Trainer.Tests.Reporting.TensorBoard;

public class RecordWriterTests
{
    // RFC 3720, appendix B.4: 32 bytes of zeros, of ones, and counted up; and the check value of the CRC catalogue.
    [TestCase("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AAu)]
    [TestCase("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 0x62A8AB43u)]
    [TestCase("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", 0x46DD794Eu)]
    [TestCase("313233343536373839", 0xE3069283u)]
    public void The_checksum_is_CRC_32C(string hex, uint expected) =>
        Assert.That(RecordWriter.Checksum(Convert.FromHexString(hex)), Is.EqualTo(expected));

    // What TensorFlow itself wrote, as TensorBoard's own tests keep it: the first records of event files
    // (tensorboard/backend/event_processing/event_file_loader_test.py; tensorboard/data/server/tf_record.rs).
    [TestCase(1440183447.0, "brain.Event:1", "1800000000000000A37F4B22" + "090000C025DD75D5411A0D627261696E2E4576656E743A31" + "ECF3328D")]
    [TestCase(1599759586.0, "brain.Event:2", "1800000000000000A37F4B22" + "090000803899D6D7411A0D627261696E2E4576656E743A32" + "124B36AB")]
    public void The_first_record_is_TensorFlows_byte_for_byte(double time, string version, string expected)
    {
        using var file = new MemoryStream();
        RecordWriter.Write(file, new Event { WallTime = time, FileVersion = version }.ToByteArray());
        Assert.That(Convert.ToHexString(file.ToArray()), Is.EqualTo(expected));
    }

    // tf.summary.scalar("accuracy", 0.99, step=77), from the same file of TensorBoard's.
    [Test]
    public void A_longer_record_has_TensorFlows_frame()
    {
        var data = Convert.FromHexString(
            "09C405B73D99D6D741104D2A25" + "0A230A08" + Convert.ToHexString(Encoding.ASCII.GetBytes("accuracy"))
            + "420A080112002204A4707D3F4A" + "0B0A090A07" + Convert.ToHexString(Encoding.ASCII.GetBytes("scalars")));
        using var file = new MemoryStream();
        RecordWriter.Write(file, data);
        var record = Convert.ToHexString(file.ToArray());
        Assert.That(record[..24], Is.EqualTo("3200000000000000241956EC"));
        Assert.That(record[^8..], Is.EqualTo("A55B6433"));
        Assert.That(Event.Parser.ParseFrom(data).Step, Is.EqualTo(77));
    }
}
